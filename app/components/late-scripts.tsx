import { Scripts } from "@remix-run/react";
import { Children, cloneElement, Fragment, isValidElement } from "react";
import type { ReactElement, ReactNode } from "react";

/**
 * Remix's `<Scripts>`, whose preloaded modules wait for the stylesheet: a page is complete without
 * them, so that on a slow network they must not compete with what its first paint needs. `Scripts`
 * has no property for that. `fetchpriority` is in lower case because React 18 passes it on like that.
 */
export function LateScripts({ nonce }: { nonce: string | undefined }): ReactNode {
  return postponed(Scripts({ nonce }));
}

function postponed(node: ReactNode): ReactNode {
  return Children.map(node, (child) => {
    if (!isValidElement<{ children?: ReactNode; rel?: string }>(child)) return child;
    if (child.type === "link") {
      return child.props.rel === "modulepreload" ? asLate(child) : child;
    }
    return child.type === Fragment ? postponed(child.props.children) : child;
  });
}

function asLate(link: ReactElement<object>) {
  return cloneElement(link, { fetchpriority: "low" } as object);
}
