import type { HeadersFunction } from "@remix-run/node";

const PORTAL = "SupportSignal admin";

/** The text of `<title>`: the page first, because tabs cut it off at the end. */
export function pageTitle(page?: string): string {
  return page === undefined ? PORTAL : `${page} · ${PORTAL}`;
}

const HEADERS_OF_ANSWERS = ["Allow", "Retry-After", "WWW-Authenticate"];

/**
 * Headers of a page: kept out of every cache, with what a thrown Response has to tell a client.
 * Remix drops headers of loaders, actions and errors that a route does not name.
 */
export const pageHeaders: HeadersFunction = ({ loaderHeaders, actionHeaders, errorHeaders }) => {
  const headers = new Headers({ "Cache-Control": "private, no-store" });
  for (const source of [loaderHeaders, actionHeaders, errorHeaders]) {
    for (const name of HEADERS_OF_ANSWERS) {
      const value = source?.get(name);
      if (value) headers.set(name, value);
    }
  }
  return headers;
};
