import { isRouteErrorResponse } from "@remix-run/react";
import { readProblem } from "~/http/problem-details";

/** What an error page says. */
export interface ErrorDescription {
  status: number;
  title: string;
  detail: string;
  /** What to do now. */
  nextStep: string;
  requestId?: string;
}

// For Remix' own errors, which carry no problem details.
const TITLES: Record<number, string> = {
  400: "Bad request",
  404: "Page not found",
  405: "Method not allowed",
};

const DETAILS: Record<number, string> = {
  400: "The portal could not understand this request.",
  404: "There is nothing at this address. It may have moved, or the link has a typing error.",
  405: "The address is right, but it was called in a way that it does not support.",
};

const NEXT_STEPS: Record<number, string> = {
  400: "Check the address for typing errors, or go back and try again.",
  401: "Your session has ended or was never started. Sign in and come back to this page.",
  403: "Sign out and sign in with another account, or ask an administrator for access.",
  404: "Go to the portal’s home and find your way from there.",
  405: "Go back and use the buttons of the page.",
  502: "If it happens again, ask whoever runs the portal to look the request id up in its log: the cause is there.",
  503: "If it lasts, tell whoever runs the portal the request id.",
  504: "If it lasts, ask whoever runs the portal whether the Convex deployment is up, and whether the portal can reach it.",
};

const ASK = "If it happens again, tell whoever runs the portal the request id.";

/** What to do now about an answer with this status. */
export function nextStepOf(status: number): string {
  return NEXT_STEPS[status] ?? ASK;
}

/** Says what a thrown Response or error means. Nothing of an unexpected error is shown. */
export function describeError(error: unknown): ErrorDescription {
  if (!isRouteErrorResponse(error)) {
    return {
      status: 500,
      title: "Something went wrong",
      detail: "The portal met an error that it did not expect. Try again in a moment.",
      nextStep: ASK,
    };
  }
  const { status } = error;
  const problem = readProblem(error.data);
  return {
    status,
    title: problem?.title ?? TITLES[status] ?? "Something went wrong",
    detail:
      problem?.detail ??
      DETAILS[status] ??
      "The portal could not answer this request. Try again in a moment.",
    nextStep: nextStepOf(status),
    requestId: problem?.requestId,
  };
}
