import type { ServerResponse } from "node:http";
import { sendAnswer } from "../../support/convex-exchange";
import type { ConvexAnswer } from "../../support/convex-exchange";
import { OVERLOAD_CODES } from "../../support/overload-codes";
import { AT_TIMESTAMP, REQUEST_KINDS } from "./exchange";
import type { RequestKind } from "./exchange";
import type { Injection } from "./fault-proxy";
import { rewritePage } from "./page-rows";

/** How an export ends: with its file, or with a status and a code in the audit row. */
export type Verdict = "file" | { status: number; code: string };

const FILE = "file";
const REFUSED: Verdict = { status: 502, code: "convex_refused" };
const FAILED: Verdict = { status: 502, code: "convex_failed" };
const OVER_LIMITS: Verdict = { status: 502, code: "page_too_large" };
const INCOMPLETE: Verdict = { status: 502, code: "incomplete" };
const BUSY: Verdict = { status: 503, code: "convex_overloaded" };
const EXPIRED: Verdict = { status: 503, code: "snapshot_expired" };
const UNREACHABLE: Verdict = { status: 504, code: "convex_unreachable" };

export interface Fault {
  name: string;
  /** The only requests that it can happen to; any where absent. */
  only?: readonly RequestKind[];
  inject(injection: Injection): void | Promise<void>;
  /** Whether it cannot hit some requests only. */
  isTotal?: true;
  /** Whether it is one of many that mean the same. */
  isVariant?: true;
  /** Whether only the counts of a snapshot show it. */
  isCounted?: true;
  /** Whether Convex has done what it was asked for although the portal does not hear of it. */
  isDone?: true;
  /** What an export must come to, where the fault hits one request, and where it stays. */
  once: Verdict;
  lasting: Verdict;
  /** The same for requests where it is another. */
  at?: Partial<Record<RequestKind, { once: Verdict; lasting: Verdict }>>;
}

/** How long nothing listens where that is to pass: shorter than all repeats take together. */
const SHORT_OUTAGE_MS = 250;

/** A code that the portal does not know means no more than a 503 does. */
const CODES_OF_503 = [...OVERLOAD_CODES, "ACodeOfALaterVersion"];

/** All but the timestamp, which no function answers. */
const FUNCTIONS = REQUEST_KINDS.filter((kind) => kind !== "timestamp");

/** What is read with bounds that can be made smaller. */
const BOUNDED = ["plan with page", "find", "identities", "page", "documents"] as const;

/** What holds rows of the file; with the plan comes a page where the database is small. */
export const ROWS: readonly RequestKind[] = ["plan with page", "page", "documents"];

const PASSING = { once: FILE } as const;
const STAYING = (verdict: Verdict) => ({ once: verdict, lasting: verdict });
const SMALLER_IS_TRIED: Fault["at"] = Object.fromEntries(
  BOUNDED.map((kind) => [kind, { once: FILE, lasting: OVER_LIMITS }]),
);

/** Every fault, and what must become of an export. This table is the specification. */
export const FAULTS: readonly Fault[] = [
  { name: "connection refused", inject: refuse, isTotal: true, ...PASSING, lasting: UNREACHABLE },
  {
    name: "reset before headers",
    inject: resetFirst,
    isDone: true,
    ...PASSING,
    lasting: UNREACHABLE,
  },
  { name: "reset mid-body", inject: resetMidBody, isDone: true, ...PASSING, lasting: UNREACHABLE },
  { name: "stalled body", inject: stall, isDone: true, ...PASSING, lasting: UNREACHABLE },
  { name: "truncated JSON", inject: truncate, isDone: true, ...PASSING, lasting: FAILED },
  { name: "wrong content type", inject: mislabel, isDone: true, ...PASSING, lasting: FAILED },
  { name: "HTTP 408", inject: answering(408), ...PASSING, lasting: FAILED },
  {
    name: "HTTP 429",
    inject: refusing(429, "TooManyConcurrentRequests"),
    ...PASSING,
    lasting: BUSY,
  },
  {
    name: "HTTP 429, Retry-After",
    inject: refusing(429, "TooManyWrites", { "retry-after": "1" }),
    ...PASSING,
    lasting: BUSY,
  },
  { name: "HTTP 500", inject: refusing(500, "InternalServerError"), ...PASSING, lasting: FAILED },
  {
    name: "HTTP 502",
    inject: answering(502, "<html>Bad gateway</html>"),
    ...PASSING,
    lasting: FAILED,
  },
  ...CODES_OF_503.map((code): Fault => {
    const inject = refusing(503, code);
    return { name: `HTTP 503 ${code}`, inject, isVariant: true, ...PASSING, lasting: BUSY };
  }),
  {
    // At a timestamp it means that Convex has dropped that: the export starts over, once.
    name: "timestamp expired",
    inject: ({ response }) => sendExpired(response),
    only: AT_TIMESTAMP,
    ...PASSING,
    lasting: EXPIRED,
  },
  {
    // The same answer where there is no timestamp that could expire.
    name: "HTTP 503 InternalServerError",
    inject: refusing(503, "InternalServerError"),
    only: REQUEST_KINDS.filter((kind) => !AT_TIMESTAMP.includes(kind)),
    ...PASSING,
    lasting: BUSY,
  },
  { name: "HTTP 504", inject: answering(504, "Gateway timeout"), ...PASSING, lasting: UNREACHABLE },
  { name: "HTTP 401", inject: refusing(401, "BadAdminKey"), ...STAYING(REFUSED) },
  {
    name: "function error",
    inject: functionError("Uncaught Error: boom"),
    only: FUNCTIONS,
    ...STAYING(FAILED),
  },
  {
    name: "ConvexError",
    inject: functionError("Uncaught ConvexError", { code: "something_new" }),
    only: FUNCTIONS,
    ...STAYING(FAILED),
  },
  {
    name: "function error: time limit",
    inject: functionError("Function execution timed out (maximum duration: 1s)"),
    only: FUNCTIONS,
    ...STAYING(OVER_LIMITS),
    at: SMALLER_IS_TRIED,
  },
  {
    name: "function error: size limit",
    inject: functionError("Function return value is too large (17 MiB > 16 MiB)"),
    only: FUNCTIONS,
    ...STAYING(OVER_LIMITS),
    at: SMALLER_IS_TRIED,
  },
  {
    name: "malformed answer",
    inject: (injection) =>
      json(injection.response, 200, { status: "success", value: { data: {} } }),
    only: ["timestamp", ...AT_TIMESTAMP],
    ...STAYING(FAILED),
  },
  { ...pageFault("page with a missing row", (rows) => rows.slice(1)), isCounted: true },
  pageFault("page with a duplicate row", ([first = "", ...rest]) => [first, first, ...rest]),
  pageFault("page with a row in place of another", ([first = "", , ...rest]) => [
    first,
    first,
    ...rest,
  ]),
  pageFault("page with a changed order", changeOrder),
  {
    name: "audit mutation failing",
    inject: functionError("Uncaught ConvexError", { code: "unknown_run" }),
    only: ["audit start", "audit end"],
    ...STAYING(FAILED),
  },
];

/**
 * Moves the first row to the end. Where all rows have one creation time the portal knows no order
 * (Convex sorts ids by their bytes, not by their text), so there the first row is doubled as well.
 */
function changeOrder([first = "", ...rest]: string[]): string[] {
  const timeOf = (row: string) => (JSON.parse(row) as { _creationTime: number })._creationTime;
  const isOneTime = rest.every((row) => timeOf(row) === timeOf(first));
  return isOneTime ? [first, ...rest, first] : [...rest, first];
}

/** What must become of an export that a fault hits first at this request. */
export function verdictOn(fault: Fault, kind: RequestKind, isLasting: boolean): Verdict {
  // The file is complete, and on its way: how that is recorded is no matter for the client.
  if (kind === "audit end") return FILE;
  const { once, lasting } = fault.at?.[kind] ?? fault;
  return isLasting ? lasting : once;
}

function refuse({ goDown, isPermanent }: Injection): void {
  goDown(isPermanent ? undefined : SHORT_OUTAGE_MS);
}

async function resetFirst({ ask, response }: Injection): Promise<void> {
  await ask();
  response.socket?.resetAndDestroy();
}

async function resetMidBody({ ask, response }: Injection): Promise<void> {
  sendHalf(response, await ask(), () => response.socket?.resetAndDestroy());
}

async function stall({ ask, response }: Injection): Promise<void> {
  sendHalf(response, await ask());
}

function sendHalf(response: ServerResponse, answer: ConvexAnswer, then?: () => void): void {
  const { status, headers, body } = answer;
  response.writeHead(status, { ...headers, "content-length": body.byteLength });
  response.write(body.subarray(0, body.byteLength / 2), then);
}

async function truncate({ ask, response }: Injection): Promise<void> {
  const answer = await ask();
  const body = answer.body.subarray(0, answer.body.byteLength / 2);
  sendAnswer(response, { ...answer, body });
}

async function mislabel({ ask, response }: Injection): Promise<void> {
  const { status, headers, body } = await ask();
  sendAnswer(response, { status, headers: { ...headers, "content-type": "text/html" }, body });
}

/** An answer of something between the portal and Convex. */
function answering(status: number, body = ""): Fault["inject"] {
  return ({ response }) => void response.writeHead(status).end(body);
}

/** The answer to a request at a timestamp that Convex has dropped. */
export function sendExpired(response: ServerResponse): void {
  json(response, 503, { code: "InternalServerError", message: "Try again later." });
}

/** A system error of Convex. */
function refusing(status: number, code: string, headers = {}): Fault["inject"] {
  return ({ response }) => json(response, status, { code, message: "Try again later." }, headers);
}

/** An error that a function threw, or that Convex raised while it ran. */
function functionError(message: string, errorData?: object): Fault["inject"] {
  const errorMessage = `[Request ID: 0123456789abcdef] Server Error\n${message}`;
  return ({ response }) => json(response, 200, { status: "error", errorMessage, errorData });
}

function json(response: ServerResponse, status: number, body: object, headers = {}): void {
  response
    .writeHead(status, { "content-type": "application/json", ...headers })
    .end(JSON.stringify(body));
}

/** A page that agrees with itself, and is not what is in the database. */
function pageFault(name: string, change: (rows: string[]) => string[]): Fault {
  return {
    name,
    only: ROWS,
    inject: async ({ ask, response }) => sendAnswer(response, rewritePage(await ask(), change)),
    ...STAYING(INCOMPLETE),
  };
}
