import type { RequestContext } from "./load-context";
import { problemResponse } from "./problem.server";

/**
 * The answer to a route's address with `.data` behind it, where the route has no page. Remix would
 * run the loader and read its whole answer into memory, to send it in another form.
 */
export function noDataOf(what: string, { requestId }: RequestContext): Response {
  return problemResponse({
    status: 404,
    title: "Not found",
    detail: `This address has ${what}, and no page. Leave out “.data”.`,
    requestId,
  });
}
