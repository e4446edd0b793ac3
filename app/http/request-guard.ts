import type { NextFunction, Request, Response } from "express";
import { PROBLEM_CONTENT_TYPE, type ProblemDetails } from "./problem-details";

/** Largest body that is read: the sign-in form needs less than 2 kB. */
const MAXIMUM_BODY_BYTES = 64 * 1024;

const LOOPBACK = new Set(["127.0.0.1", "[::1]", "localhost"]);

/**
 * Refuses what no browser and no well-meant program sends, before Remix sees it: other methods,
 * addresses that cannot be read, bodies that are too large or of unknown length, and writes that
 * come from another origin.
 */
export function guardRequests(origin: string, requestId: (res: Response) => string) {
  return (req: Request, res: Response, next: NextFunction): void => {
    const refuse = (status: number, title: string, detail: string) => {
      const problem: ProblemDetails = { status, title, detail, requestId: requestId(res) };
      res.status(status).type(PROBLEM_CONTENT_TYPE).set("Cache-Control", "private, no-store");
      res.send(JSON.stringify(problem));
    };
    if (!isAddress(req.originalUrl, origin)) {
      refuse(400, "Bad address", "The address of the request is not valid.");
      return;
    }
    if (req.method === "GET" || req.method === "HEAD") {
      next();
      return;
    }
    if (req.method !== "POST") {
      // Remix would run an action for any of them.
      res.setHeader("Allow", "GET, HEAD, POST");
      refuse(405, "Method not allowed", "This portal answers GET, HEAD and POST only.");
      return;
    }
    if (req.get("Transfer-Encoding") !== undefined) {
      refuse(411, "Length required", "Send the length of the body.");
      return;
    }
    if (Number(req.get("Content-Length") ?? 0) > MAXIMUM_BODY_BYTES) {
      refuse(413, "Body too large", `A body may have ${MAXIMUM_BODY_BYTES} bytes.`);
      return;
    }
    const sender = req.get("Origin");
    if (sender !== undefined && !isSameOrigin(sender, origin)) {
      refuse(403, "Other origin", "Forms are accepted from this portal's own pages only.");
      return;
    }
    next();
  };
}

/** A path whose percent encodings can be decoded: React Router prints others as they are. */
function isAddress(target: string, origin: string): boolean {
  if (!target.startsWith("/") || !URL.canParse(origin + target)) return false;
  try {
    decodeURIComponent(new URL(origin + target).pathname);
    return true;
  } catch {
    return false;
  }
}

/** Loopback addresses are one machine: `localhost` may be typed for `127.0.0.1`. */
function isSameOrigin(sender: string, origin: string): boolean {
  if (sender === origin) return true;
  if (!URL.canParse(sender)) return false;
  const [a, b] = [new URL(sender), new URL(origin)];
  return (
    LOOPBACK.has(a.hostname) &&
    LOOPBACK.has(b.hostname) &&
    a.port === b.port &&
    a.protocol === b.protocol
  );
}
