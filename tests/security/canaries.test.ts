import { once } from "node:events";
import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JSONValue } from "convex/values";
import { DEMO_ACCOUNTS } from "~/embedded/demo-accounts";
import { EXCLUDED_TABLES, EXPORT_TABLES } from "../../convex/model/exportTables";
import schema from "../../convex/schema";
import { DOWNLOAD, EXPORT_PAGE, JSON_SCHEMA, RUNS } from "../e2e/support/addresses";
import { isPageRead, nth } from "../e2e/support/convex-proxy";
import type { CallMatcher } from "../e2e/support/convex-proxy";
import { readExport } from "../e2e/support/export-file";
import { HTML } from "../e2e/support/http";
import type { HttpOptions } from "../e2e/support/http";
import { ROOT } from "../e2e/support/process";
import { readSpoolFiles } from "../faults/support/spool-files";
import { until } from "../faults/support/until";
import { CanaryStack, TYPED_PASSWORD } from "./support/canary-stack";
import { MarkerSearch } from "./support/marker-search";
import type { Marker, MarkerKind } from "./support/marker-search";
import { askConvex, rawRows } from "./support/raw-stack";

/** The profile `redacted` is for those who may know the people. */
const KINDS_IN_FILE = {
  redacted: ["personal"],
  pseudonymised: [],
} as const satisfies Record<string, MarkerKind[]>;

const PROFILES = ["redacted", "pseudonymised"] as const;

let stack: CanaryStack;

beforeAll(async () => {
  stack = await CanaryStack.start();
});

afterAll(async () => {
  process.stdout.write(stack.summary());
  await stack.stop();
});

test("every marker is in the stored rows, so the search finds what is there", async () => {
  const found = new Set<Marker>();
  for (const table of Object.keys(schema.tables)) {
    for (const marker of stack.find(await rawRows(stack.target, table))) found.add(marker);
  }
  expect(stack.data.markers.filter((marker) => !found.has(marker)).map(({ name }) => name)).toEqual(
    [],
  );
  // What no marker fits, a word of a fixed list or a boolean, is in excluded tables only.
  const tables = new Set([...stack.data.unmarked].map((name) => name.split(".")[0]));
  const excluded = EXCLUDED_TABLES.map(({ name }) => name);
  expect([...tables].filter((table) => !excluded.includes(table ?? ""))).toEqual([]);
});

test("every encoding of a marker is found", () => {
  const [marker] = stack.data.markers;
  const value = marker?.value ?? "";
  const search = new MarkerSearch(marker === undefined ? [] : [marker]);
  const base64 = ["", "a", "ab"].map((before) =>
    Buffer.from(`${before}${value}!`).toString("base64"),
  );
  const hex = Buffer.from(value).toString("hex");
  const spelt = [value, ...base64, hex, hex.toUpperCase(), hex.replace(/../g, "%$&")];
  for (const text of spelt) {
    expect(search.find(Buffer.from(`before ${text} behind`)).size, text).toBe(1);
  }
  expect(search.find(Buffer.from(`before ${value.slice(1)} behind`)).size).toBe(0);
});

describe.each(PROFILES)("an export of the profile %s", (privacy) => {
  const allowed: readonly MarkerKind[] = KINDS_IN_FILE[privacy];

  /** An export whose spool is looked at while it is captured. */
  async function exportAndSpool(query: Record<string, string>) {
    stack.proxy.reset();
    const held = stack.proxy.holdBack(nth(12, isPageRead));
    const answered = stack.send(`${DOWNLOAD}?${new URLSearchParams({ privacy, ...query })}`, {
      session: stack.admin,
    });
    await held.arrived;
    const spool = await until("something is in the spool", async () => {
      const files = await readSpoolFiles(stack.portal.pid);
      return files.some(({ bytes }) => bytes.byteLength > 0) && files;
    });
    const names = await readdir(stack.spoolDirectory);
    held.release();
    return { answer: await answered, spool, names };
  }

  const queries: [name: string, query: Record<string, string>][] = [["full", {}]];
  if (privacy === "redacted") queries.push(["rolling", { consistency: "rolling" }]);

  test.each(queries)("holds none that it must not, nor does its spool: %s", async (name, query) => {
    const run = randomUUID();
    const { answer, spool, names } = await exportAndSpool({ run, ...query });
    expect(answer.status).toBe(200);
    const wrong = stack.wrongIn(`${privacy} ${name}`, answer, allowed);
    for (const { bytes } of spool) wrong.push(...stack.wrongIn(`${privacy} spool`, bytes));
    wrong.push(...stack.wrongIn(`names in the spool's folder`, names.join("\n")));
    wrong.push(
      ...stack.wrongIn(
        `run of ${privacy}`,
        await stack.send(`${RUNS}/${run}`, { session: stack.admin }),
      ),
    );
    expect(wrong).toEqual([]);

    const { metadata } = readExport(answer.bytes);
    expect(metadata.totalRecords).toBeGreaterThan(50);
    const personal = stack.markers.filter(({ kind }) => kind === "personal");
    const found = stack.find(answer.bytes);
    expect(personal.filter((marker) => found.has(marker)).length).toBe(
      privacy === "redacted" ? personal.length : 0,
    );
  });

  test("of one table alone holds none that it must not", async () => {
    const wrong: string[] = [];
    for (const tables of EXPORT_TABLES) {
      const query = new URLSearchParams({ privacy, tables });
      const answer = await stack.send(`${DOWNLOAD}?${query}`, { session: stack.admin });
      expect(answer.status, tables).toBe(200);
      wrong.push(...stack.wrongIn(`${privacy} ${tables}`, answer, allowed));
    }
    expect(wrong).toEqual([]);
  });

  test("by Convex's own command holds none that it must not", async () => {
    const page = { cursor: null, maximumBytes: 8_000_000, maximumDocuments: 8000 };
    const actor = { kind: "command_line", name: "tests" };
    const asked = await askConvex(stack.target, "query", "exports:readIdentities", { actor, page });
    const { value } = JSON.parse(asked) as { value: { identities: Record<string, string> } };
    const profile: Record<string, JSONValue> =
      privacy === "redacted" ? {} : { privacy, identities: value.identities };
    const answer = await askConvex(stack.target, "query", "exports:generateDatabaseExport", {
      ...{ actor, page, exportType: "full", fingerprintKey: randomUUID() },
      ...profile,
    });
    expect(answer).toContain('"status":"success"');
    expect(stack.wrongIn(`${privacy} by command`, answer, allowed)).toEqual([]);
  });
});

test("no page holds one, as HTML or as data, but those of the audit trail on its own page", async () => {
  const wrong: string[] = [];
  const pages = ["/", "/login", "/admin", "/admin/tools", EXPORT_PAGE, "/nowhere", JSON_SCHEMA];
  const data = ["/_root", "/login", "/admin", "/admin/tools", EXPORT_PAGE, "/nowhere"];
  const addresses = [...pages, ...data.map((page) => `${page}.data`), "/healthz", "/readyz"];
  for (const address of addresses) {
    for (const [who, sender] of Object.entries({
      admin: stack.admin,
      other: stack.other,
      nobody: undefined,
    })) {
      const isTrail = who === "admin" && address.startsWith(EXPORT_PAGE);
      for (const accept of [HTML, "application/json"]) {
        const options = sender === undefined ? { accept } : { accept, session: sender };
        const answer = await stack.send(address, options);
        wrong.push(...stack.wrongIn(`${address} for ${who}`, answer, isTrail ? ["audit"] : []));
      }
    }
  }
  expect(wrong).toEqual([]);
});

test("no bundle for browsers holds one", async () => {
  const folder = path.join(ROOT, "build/client");
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  expect(files.length).toBeGreaterThan(10);
  const wrong: string[] = [];
  for (const file of files) wrong.push(...stack.wrongIn(file, await readFile(file)));
  expect(wrong).toEqual([]);
});

describe("no error holds one", () => {
  /** Sends one request in each way in which errors are told. */
  async function searchError(
    status: number,
    address: string,
    options: HttpOptions = {},
    portal = stack.portal,
  ): Promise<void> {
    const wrong: string[] = [];
    for (const accept of ["application/json", HTML]) {
      const answer = await stack.send(address, { ...options, accept }, portal);
      if (accept !== HTML) expect(answer.status, `${address} ${answer.text}`).toBe(status);
      wrong.push(...stack.wrongIn(`${status} at ${address}`, answer));
    }
    expect(wrong).toEqual([]);
  }

  const typed = { email: "nobody@supportsignal.test", password: TYPED_PASSWORD };

  test("of what the client asks for", async () => {
    await searchError(400, `${DOWNLOAD}?nothing=1`, { session: stack.admin });
    await searchError(400, `${DOWNLOAD}?tables=debug_logs`, { session: stack.admin });
    await searchError(401, DOWNLOAD);
    await searchError(401, "/login", { method: "POST", body: new URLSearchParams(typed) });
    await searchError(403, DOWNLOAD, { session: stack.other });
    await searchError(403, "/logout", {
      method: "POST",
      session: stack.admin,
      headers: { Origin: "https://elsewhere.test" },
      body: new URLSearchParams(typed),
    });
    await searchError(404, `${RUNS}/${randomUUID()}`, { session: stack.admin });
    await searchError(405, DOWNLOAD, { method: "DELETE", session: stack.admin });
    await searchError(413, "/login", { method: "POST", body: TYPED_PASSWORD.repeat(3000) });
    const run = randomUUID();
    expect(
      (await stack.send(`${DOWNLOAD}?run=${run}&tables=sites`, { session: stack.admin })).status,
    ).toBe(200);
    await searchError(409, `${DOWNLOAD}?run=${run}&tables=sites`, { session: stack.admin });
  });

  test("of a body without a length", async () => {
    const { hostname, port } = new URL(stack.portal.origin);
    const chunked = request({ hostname, port, path: "/login", method: "POST" });
    chunked.write(TYPED_PASSWORD);
    const [response] = (await once(chunked, "response")) as [IncomingMessage];
    expect(response.statusCode).toBe(411);
    const chunks: Buffer[] = [];
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
    chunked.destroy();
    expect(stack.wrongIn("411", Buffer.concat(chunks))).toEqual([]);
  });

  test("where Convex quotes documents in its own", async () => {
    const quoted =
      (await rawRows(stack.target, "users")) + (await rawRows(stack.target, "sessions"));
    const isPlan: CallMatcher = ({ path }) => path === "exports:begin";
    const isSummary: CallMatcher = ({ path }) => path === "exports:summarize";
    const errorData = { code: "something_new", message: quoted };
    const failures: [status: number, convexStatus: number, body: object][] = [
      [502, 200, { status: "error", errorMessage: `Uncaught Error: ${quoted}`, errorData }],
      [502, 200, { status: "success", value: { tables: quoted, next: null } }],
      [502, 401, { code: "BadAdminKey", message: quoted }],
      [503, 503, { code: "WorkerOverloaded", message: quoted }],
      [504, 504, { code: "Gateway", message: quoted }],
    ];
    for (const [status, convexStatus, body] of failures) {
      stack.proxy.answerInstead(isPageRead, convexStatus, body);
      await searchError(status, `${DOWNLOAD}?tables=sites`, { session: stack.admin });
      stack.proxy.answerInstead(isPlan, convexStatus, body);
      await searchError(status, DOWNLOAD, { session: stack.admin });
      stack.proxy.answerInstead(isSummary, convexStatus, body);
      await searchError(status, EXPORT_PAGE, { session: stack.admin });
    }
    stack.proxy.reset();
  });

  test("of an export that has no room", async () => {
    const env = { EXPORT_MEMORY_BYTES: "0", EXPORT_DISK_BYTES: "300000" };
    const portal = await stack.portalWith(env);
    await searchError(507, DOWNLOAD, { session: stack.admin }, portal);
  });
});

test("no audit row holds one, and the whole log holds none", async () => {
  const rows = JSON.parse(await rawRows(stack.target, "export_runs")) as {
    value: { run_key: string; actor_name: string }[];
  };
  const own = rows.value.filter(({ actor_name }) => actor_name === DEMO_ACCOUNTS[0].name);
  expect(own.length).toBeGreaterThan(40);
  expect(stack.wrongIn("audit rows", JSON.stringify(own))).toEqual([]);

  const lines = stack.logLines;
  expect(lines.length).toBeGreaterThan(150);
  expect(stack.wrongIn("log", lines.join("\n"))).toEqual([]);
});
