import type { RequestContext } from "./load-context";
import { problemResponse } from "./problem.server";

/** The answer where there is no export run with the id of an address. */
export function unknownRun({ requestId }: RequestContext): Response {
  return problemResponse({
    status: 404,
    title: "Unknown run",
    detail: "There is no export run with this id.",
    requestId,
  });
}
