import { readProblem } from "~/http/problem-details";
import type { Refusal } from "./export-run-state";

/**
 * Reads what a page says that loaded in the download's frame, where a file was expected: problem
 * details, the portal's error page, or nothing (the browser's own error page is out of reach).
 * @returns null for the frame's first, empty page.
 */
export function readRefusal(frame: HTMLIFrameElement): Refusal | null {
  const page = frame.contentDocument;
  if (page === null) return {};
  if (page.URL === "about:blank") return null;
  if (page.contentType.endsWith("json")) {
    const problem = readProblem(page.documentElement.textContent);
    return problem === null ? {} : { message: problem.detail, requestId: problem.requestId };
  }
  const text = (selector: string) => page.querySelector(selector)?.textContent ?? undefined;
  return { message: text("[data-error-detail]"), requestId: text("[data-request-id]") };
}
