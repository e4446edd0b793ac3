import type { ServerBuild } from "@remix-run/node";
import { matchRoutes } from "@remix-run/react";

/** What the log says of an address that is none of the portal's. */
export const UNKNOWN_ROUTE = "*";

interface Route {
  path?: string;
  index?: boolean;
  children?: Route[];
}

/**
 * Names addresses for the log by the pattern of their route, such as
 * `/admin/developer-tools/export/runs/:id`: never by what a client wrote there.
 */
export function createRouteName(routes: ServerBuild["routes"]): (pathname: string) => string {
  const tree = childrenOf(routes, undefined);
  return (pathname) => {
    if (!pathname.startsWith("/") || !isDecodable(pathname)) return UNKNOWN_ROUTE;
    if (pathname.startsWith("/assets/")) return "/assets/*";
    if (pathname === "/__manifest") return pathname; // Remix' own, for pages not loaded yet
    const isData = pathname.endsWith(".data");
    const page = isData ? pathname.slice(0, -".data".length) : pathname;
    const matches = matchRoutes(tree as never, page === "/_root" ? "/" : page) ?? [];
    const parts = matches.flatMap(({ route }) =>
      route.path === undefined || route.path === "" ? [] : route.path,
    );
    if (matches.length === 0 || parts.includes("*")) return UNKNOWN_ROUTE;
    return `/${parts.join("/")}${isData ? ".data" : ""}`;
  };
}

/** React Router prints what it cannot decode, as it is. */
function isDecodable(pathname: string): boolean {
  try {
    decodeURIComponent(pathname);
    return true;
  } catch {
    return false;
  }
}

function childrenOf(routes: ServerBuild["routes"], parentId: string | undefined): Route[] {
  return Object.values(routes).flatMap((route) => {
    if (route === undefined || route.parentId !== parentId) return [];
    const children = childrenOf(routes, route.id);
    return {
      path: route.path,
      ...(route.index === true ? { index: true } : { children }),
    };
  });
}
