import type { RequestContext } from "./load-context";
import { problemResponse } from "./problem.server";

/** Headers with which browsers mark a request that its user has not made yet. */
const PREFETCH_HEADERS = ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"];

/**
 * Refuses a download that another site starts, or that a browser starts ahead of its user. A
 * bookmark, a typed address, the portal's own pages and programs pass (Fetch Metadata Request
 * Headers, `Sec-Fetch-Site`: `none`, `same-origin`, and absent).
 * @throws Response 403
 */
export function refuseForeignStart(request: Request, { requestId }: RequestContext): void {
  if (isStartedByOtherSite(request)) {
    throw problemResponse({
      status: 403,
      title: "Started by another site",
      detail:
        "An export is not started from a link of another site. Open the export page, or type the address.",
      requestId,
    });
  }
  const isAhead = PREFETCH_HEADERS.some((name) =>
    /\b(?:prefetch|preview|prerender)\b/i.test(request.headers.get(name) ?? ""),
  );
  if (isAhead) {
    throw problemResponse({
      status: 403,
      title: "Not asked for yet",
      detail: "An export is not started ahead of its user. Open the address itself.",
      requestId,
    });
  }
}

/** Whether a page of another site, or of a sibling of this one, starts the request. */
export function isStartedByOtherSite(request: Request): boolean {
  const site = request.headers.get("Sec-Fetch-Site");
  return site === "cross-site" || site === "same-site";
}
