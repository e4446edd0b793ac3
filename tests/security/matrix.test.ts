import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HTML, HttpClient } from "../e2e/support/http";
import type { HttpAnswer } from "../e2e/support/http";
import type { Session } from "../e2e/support/session";
import { startStack } from "../e2e/support/stack";
import type { Stack } from "../e2e/support/stack";
import { builtRoutes } from "./support/routes";
import { everySender, sendForm } from "./support/senders";
import type { Sender, Standing } from "./support/senders";

/** One status for all; or those of nobody, of somebody who may not, and of somebody who may. */
type Statuses = number | Readonly<Record<Standing, number>>;

/** What an address answers, to a program where nothing else is said. */
interface Expected {
  get: Statuses;
  /** To a browser, where it is something else. */
  browser?: Statuses;
  /** Remix's request for the data of a page: redirects are 202 there. */
  data: Statuses;
  /** A form with the token of a page of the portal, and the same as a request for data. */
  form: Statuses;
  dataForm: Statuses;
  /** The same form without a token: from a program without cookies, and with a cookie of ours. */
  bare: { program: number; cookie: number };
}

const NO_ACTION = { form: 405, dataForm: 405, bare: { program: 405, cookie: 405 } };

const FOR_ALL: Expected = { get: 200, data: 200, ...NO_ACTION };

const FOR_ADMINS: Expected = {
  get: { nobody: 401, refused: 403, admitted: 200 },
  browser: { nobody: 302, refused: 403, admitted: 200 },
  data: { nobody: 202, refused: 403, admitted: 200 },
  ...NO_ACTION,
};

/** Whoever adds a route has to say here who may do what with it. */
const EXPECTED: Record<string, Expected> = {
  "/": { get: 302, data: 202, ...NO_ACTION },
  "/*": {
    get: 404,
    data: 404,
    form: 404,
    dataForm: 404,
    bare: { program: 404, cookie: 404 },
  },
  "/admin": FOR_ADMINS,
  "/admin/developer-tools/export": FOR_ADMINS,
  "/admin/developer-tools/export/download": {
    ...FOR_ADMINS,
    // A file that would be read into memory.
    data: { nobody: 202, refused: 403, admitted: 404 },
  },
  "/admin/developer-tools/export/segment": FOR_ADMINS,
  "/admin/developer-tools/export/verify": FOR_ADMINS,
  "/admin/developer-tools/export/verify/match": FOR_ADMINS,
  "/admin/session": {
    ...FOR_ADMINS,
    form: { nobody: 401, refused: 403, admitted: 200 },
    dataForm: { nobody: 202, refused: 403, admitted: 200 },
    bare: { program: 401, cookie: 403 },
  },
  "/admin/developer-tools/export/runs": FOR_ADMINS,
  "/admin/developer-tools/export/runs/:id": {
    ...FOR_ADMINS,
    // To the run's page.
    browser: { nobody: 302, refused: 403, admitted: 302 },
  },
  "/admin/developer-tools/export/runs/:id/cancel": {
    get: { nobody: 401, refused: 403, admitted: 405 },
    browser: { nobody: 302, refused: 403, admitted: 405 },
    data: { nobody: 202, refused: 403, admitted: 405 },
    form: { nobody: 401, refused: 403, admitted: 303 },
    dataForm: { nobody: 202, refused: 403, admitted: 200 },
    bare: { program: 401, cookie: 403 },
  },
  "/admin/developer-tools/export/runs/:id/details": FOR_ADMINS,
  "/admin/tools": FOR_ADMINS,
  "/healthz": FOR_ALL,
  // Nothing is typed into the form: that is 400 for whoever may send it.
  "/login": {
    get: { nobody: 200, refused: 200, admitted: 302 },
    data: { nobody: 200, refused: 200, admitted: 202 },
    form: 400,
    dataForm: 400,
    bare: { program: 400, cookie: 403 },
  },
  "/logout": {
    get: 405,
    data: 405,
    form: 302,
    dataForm: 202,
    bare: { program: 302, cookie: 403 },
  },
  "/readyz": FOR_ALL,
  "/schemas/database-export-1.0.json": FOR_ALL,
};

/** Methods that the portal has nowhere. */
const NO_METHODS = ["PUT", "DELETE"];

const STANDINGS: Record<Standing, string[]> = {
  nobody: ["anonymous", "expired", "signed out", "revoked", "forged cookie"],
  refused: [
    ...["impersonating", "demoted"],
    ...["demo_admin", "company_admin", "team_lead", "frontline_worker"],
  ],
  admitted: ["system_admin"],
};

let stack: Stack;
let http: HttpClient;
let senders: Sender[];
const sessions = new Map<Sender, Session | undefined>();
let requests = 0;

beforeAll(async () => {
  stack = await startStack();
  http = new HttpClient(stack.portal.origin);
  senders = everySender(stack);
  for (const sender of senders) sessions.set(sender, await sender.arrive());
});

afterAll(async () => {
  const size = `${senders.length} senders, ${Object.keys(EXPECTED).length} routes`;
  process.stdout.write(`Authorisation matrix: ${size}, ${requests} requests.\n`);
  await stack.stop();
});

test("every route of the build has its place in the matrix", async () => {
  const routes = await builtRoutes();
  const patterns = routes.filter(({ isLayout }) => !isLayout).map(({ pattern }) => pattern);
  expect(patterns.sort()).toEqual(Object.keys(EXPECTED).sort());
});

test("and so has everybody", () => {
  for (const [standing, names] of Object.entries(STANDINGS)) {
    const found = senders.filter((sender) => sender.standing === standing);
    expect(found.map(({ name }) => name)).toEqual(names);
  }
});

/** What stands in for the parameters of a pattern; the download is of one small table. */
async function addressOf(pattern: string, sender: Sender): Promise<string> {
  if (pattern.endsWith("/download")) return `${pattern}?tables=sites`;
  if (pattern.endsWith("/verify/match")) return `${pattern}?digest=${"0".repeat(64)}`;
  if (!pattern.includes("/:id")) return pattern.replace("*", "nowhere");
  const run = randomUUID();
  if (sender.standing === "admitted") {
    const session = sessions.get(sender);
    const download = pattern.replace(/runs\/:id.*/, `download?tables=sites&run=${run}`);
    await http.send(download, session === undefined ? {} : { session });
  }
  return pattern.replace(":id", run);
}

const dataAddress = (address: string) =>
  address === "/" ? "/_root.data" : address.replace(/(\?|$)/, ".data$1");

const requestsOf: [way: string, send: (cell: Cell) => Promise<HttpAnswer>, want: Wanted][] = [
  ["GET", ({ address, sent }) => http.send(address, sent), ({ get }) => get],
  ["HEAD", ({ address, sent }) => http.send(address, { ...sent, method: "HEAD" }), (e) => e.get],
  [
    "GET by a browser",
    ({ address, sent }) => http.send(address, { ...sent, accept: HTML }),
    ({ get, browser = get }) => browser,
  ],
  [
    "HEAD by a browser",
    ({ address, sent }) => http.send(address, { ...sent, accept: HTML, method: "HEAD" }),
    ({ get, browser = get }) => browser,
  ],
  ["data", ({ address, sent }) => http.send(dataAddress(address), sent), ({ data }) => data],
  ...NO_METHODS.map((method): (typeof requestsOf)[number] => [
    method,
    ({ address, sent }) => http.send(address, { ...sent, method }),
    () => 405,
  ]),
  [
    "POST without a token",
    ({ address, sent }) =>
      http.send(address, { ...sent, method: "POST", body: new URLSearchParams() }),
    ({ bare }, { session }) => (session === undefined ? bare.program : bare.cookie),
  ],
  ["POST", ({ address, session }) => sendForm(http, address, session, {}), ({ form }) => form],
  [
    "POST of data",
    ({ address, session }) => sendForm(http, dataAddress(address), session, {}),
    ({ dataForm }) => dataForm,
  ],
];

/** One sender at one address. */
interface Cell {
  address: string;
  session: Session | undefined;
  sent: { session?: Session };
}

type Wanted = (expected: Expected, cell: Cell) => Statuses;

test.each(Object.entries(EXPECTED))(
  "%s answers everybody as it must",
  async (pattern, expected) => {
    const wrong: string[] = [];
    for (const sender of senders) {
      const address = await addressOf(pattern, sender);
      let session = sessions.get(sender);
      for (const [way, send, want] of requestsOf) {
        const cell = { address, session, sent: session === undefined ? {} : { session } };
        const wanted = want(expected, cell);
        const status = typeof wanted === "number" ? wanted : wanted[sender.standing];
        const answer = await send(cell);
        requests += 1;
        if (answer.status !== status) {
          wrong.push(`${sender.name}: ${way} is ${answer.status}, not ${status}`);
        }
        // A form that was accepted has ended the session.
        if (pattern === "/logout" && way.startsWith("POST")) session = await sender.arrive();
      }
    }
    expect(wrong).toEqual([]);
  },
);
