import { Scripts } from "@remix-run/react";
import { Children, Fragment, isValidElement } from "react";
import type { ReactNode } from "react";

/** Longest wait for the first paint: a tab in the background is not painted. */
const LONGEST_WAIT_MS = 1_000;

type ScriptsChild = {
  children?: ReactNode;
  rel?: string;
  href?: string;
  type?: string;
  dangerouslySetInnerHTML?: { __html: string };
};

/**
 * Remix's `<Scripts>`, whose modules are loaded once the page is painted: it is complete without them,
 * and on a slow network they would compete with what the first paint needs. `Scripts` has no
 * property for that, so its modules are given to a script that waits.
 */
export function LateScripts({ nonce }: { nonce: string | undefined }): ReactNode {
  const scripts = Scripts({ nonce });
  return postponed(scripts, preloadedIn(scripts), nonce);
}

/** The addresses of the modules that would be loaded ahead of time. */
function preloadedIn(node: ReactNode): string[] {
  return Children.toArray(node).flatMap((child) => {
    if (!isValidElement<ScriptsChild>(child)) return [];
    if (child.type === Fragment) return preloadedIn(child.props.children);
    const { rel, href } = child.props;
    return rel === "modulepreload" && href !== undefined ? [href] : [];
  });
}

function postponed(
  node: ReactNode,
  modules: readonly string[],
  nonce: string | undefined,
): ReactNode {
  return Children.map(node, (child) => {
    if (!isValidElement<ScriptsChild>(child)) return child;
    const { children, rel, type, dangerouslySetInnerHTML } = child.props;
    if (child.type === Fragment) return postponed(children, modules, nonce);
    if (rel === "modulepreload") return null;
    if (type !== "module") return child;
    return (
      <script
        nonce={nonce}
        suppressHydrationWarning
        dangerouslySetInnerHTML={{
          __html: starter(dangerouslySetInnerHTML?.__html ?? "", modules),
        }}
      />
    );
  });
}

/** A script that starts a module, with those that it imports, in the frame after the first. */
function starter(module: string, imported: readonly string[]): string {
  return `{
  const { nonce } = document.currentScript;
  const add = (name, properties) => Object.assign(document.createElement(name), properties);
  let isStarted = false;
  const start = () => {
    if (isStarted) return;
    isStarted = true;
    document.body.append(
      ...${inScript(imported)}.map((href) => add("link", { rel: "modulepreload", href })),
      add("script", { type: "module", nonce, textContent: ${inScript(module)} }),
    );
  };
  requestAnimationFrame(() => requestAnimationFrame(start));
  setTimeout(start, ${LONGEST_WAIT_MS});
}`;
}

/** A value as it stands in a script of a page. */
function inScript(value: string | readonly string[]): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
