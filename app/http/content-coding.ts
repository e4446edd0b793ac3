import Negotiator from "negotiator";
import { acceptsHtml } from "./problem.server";

/**
 * Whether a download is better sent as gzip. Not to browsers: their progress bars and their
 * resuming need the exact size. Not to who asks for a part: offsets count the file's own bytes.
 */
export function prefersGzip(request: Request): boolean {
  const { headers } = request;
  if (headers.has("Range") || isBrowser(request)) return false;
  const accepted = { "accept-encoding": headers.get("Accept-Encoding") ?? "" };
  return new Negotiator({ headers: accepted }).encoding(["gzip", "identity"]) === "gzip";
}

/** Browsers send Sec-Fetch-Dest to secure origins; those that do not, still name text/html. */
function isBrowser(request: Request): boolean {
  const { headers } = request;
  return (
    headers.has("Sec-Fetch-Dest") ||
    headers.get("Sec-Fetch-Mode") === "navigate" ||
    acceptsHtml(request)
  );
}
