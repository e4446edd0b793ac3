/** Problem details for HTTP APIs (RFC 9457), as this portal sends them. Safe for the browser. */
export interface ProblemDetails {
  status: number;
  title: string;
  /** What happened and what to do. */
  detail: string;
  /** Finds the request in the log. */
  requestId: string;
  /** Every bad parameter by name. */
  problems?: readonly { parameter: string; message: string }[];
}

export const PROBLEM_CONTENT_TYPE = "application/problem+json";

/** Reads problem details from what an ErrorBoundary gets; null where it is something else. */
export function readProblem(data: unknown): ProblemDetails | null {
  let value = data;
  if (typeof data === "string") {
    try {
      value = JSON.parse(data);
    } catch {
      return null;
    }
  }
  const problem = value as Partial<ProblemDetails> | null;
  return typeof problem?.title === "string" && typeof problem.detail === "string"
    ? (problem as ProblemDetails)
    : null;
}
