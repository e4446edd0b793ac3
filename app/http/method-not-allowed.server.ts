import type { RequestContext } from "./load-context";
import { problemResponse } from "./problem.server";

/** The answer to a method that an address does not have; Remix's own has no problem details. */
export function methodNotAllowed(allowed: string, { requestId }: RequestContext): Response {
  return problemResponse(
    {
      status: 405,
      title: "Method not allowed",
      detail: `This address answers ${allowed} only.`,
      requestId,
    },
    { Allow: allowed },
  );
}
