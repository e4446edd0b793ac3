import { PROBLEM_CONTENT_TYPE, type ProblemDetails } from "./problem-details";

/** A Response with problem details; thrown from a loader it reaches the error boundary. */
export function problemResponse(problem: ProblemDetails, headers: HeadersInit = {}): Response {
  const response = new Response(JSON.stringify(problem), { status: problem.status, headers });
  response.headers.set("Content-Type", PROBLEM_CONTENT_TYPE);
  response.headers.set("Cache-Control", "private, no-store");
  return response;
}

/** Whether the sender wants a page: browsers name text/html, `*\/*` alone is a program. */
export function acceptsHtml(request: Request): boolean {
  return request.headers.get("Accept")?.includes("text/html") ?? false;
}
