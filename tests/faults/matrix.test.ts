import { randomUUID } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { spawnEmbeddedConvex } from "~/embedded/spawn";
import type { EmbeddedConvex } from "~/embedded/options";
import { Database } from "../e2e/support/database";
import { requireBuild, SESSION_SECRET } from "../e2e/support/portal";
import { signInAt } from "../e2e/support/session";
import type { Session } from "../e2e/support/session";
import { casesOf, problemsOf } from "./support/cases";
import type { FaultCase, Reference } from "./support/cases";
import { CONTENT, SMALL_PAGES, writeSmallTables } from "./support/dataset";
import type { Target } from "./support/fault-proxy";
import { Lane } from "./support/lane";
import type { Outcome } from "./support/lane";
import { OutcomeTable } from "./support/outcome-table";
import { normalised } from "./support/same-file";
import { openSpoolFiles } from "./support/spool-files";
import { until } from "./support/until";

/**
 * Every fault at every request of an export in turn. Most of the time an export waits, for a
 * repeat or for a request that hangs, so several run side by side.
 */
const LANES = 12;

/** Old snapshots stay readable while an export waits for what hangs (1 minute). */
const RETENTION_MS = 60_000;

/**
 * The requests of an export of the small data set, see `writeSmallTables`. Progress is told of
 * longer ones only, see `departure.test.ts`.
 */
const REQUESTS: Target[] = [
  { kind: "session check", ordinal: 1 },
  { kind: "audit start", ordinal: 1 },
  { kind: "timestamp", ordinal: 1 },
  { kind: "summary", ordinal: 1 },
  ...Array.from({ length: SMALL_PAGES }, (_, index) => ({
    kind: "page" as const,
    ordinal: index + 1,
  })),
  { kind: "authorize", ordinal: 1 },
  { kind: "audit end", ordinal: 1 },
];

/** Happens to no export. */
const NOTHING: FaultCase = {
  fault: { name: "nothing", inject: () => undefined, once: "file", lasting: "file" },
  mode: "once",
  target: { kind: "page", ordinal: Infinity },
};

let folder: string;
let convex: EmbeddedConvex;
let session: Session;
let reference: Reference;
const lanes: Lane[] = [];
const idle: Lane[] = [];
const waiting: ((lane: Lane) => void)[] = [];
const table = new OutcomeTable();

beforeAll(async () => {
  requireBuild();
  folder = await writeSmallTables();
  convex = await spawnEmbeddedConvex({ data: folder, retentionMs: RETENTION_MS });
  const access = { convexUrl: convex.url, deployKey: convex.adminKey };
  const target = { ...access, database: new Database(access) };
  for (let index = 0; index < LANES; index += 1) {
    lanes.push(await Lane.start(target, index % 2 === 0 ? "disk" : "memory"));
  }
  const [first] = lanes;
  if (first === undefined) throw new Error("There is no lane");
  session = await signInAt(first.portal.origin, "system_admin@supportsignal.test");
  let file = "";
  // One after the other: what runs for the first time is slow, and slow requests are repeated.
  for (const lane of lanes) {
    const { status, body } = await exportOn(lane, NOTHING);
    if (status !== 200) throw new Error(`An export without a fault is ${status}`);
    file = normalised(body);
  }
  const secrets = [
    convex.adminKey.split("|").at(-1) ?? convex.adminKey,
    SESSION_SECRET,
    session.token,
    session.tokenHash,
  ];
  reference = {
    file,
    secrets: () => [...secrets, ...lanes.flatMap(({ proxy }) => [...proxy.fingerprintKeys])],
    content: CONTENT,
  };
  idle.push(...lanes);
});

afterAll(async () => {
  process.stdout.write(`\n${table.toString()}\n`);
  await Promise.all(lanes.map((lane) => lane.stop()));
  await convex.close();
  await rm(folder, { recursive: true });
});

function exportOn(lane: Lane, { fault, mode, target }: FaultCase): Promise<Outcome> {
  return lane.export(session, { runKey: randomUUID(), fault, mode, target });
}

/** Runs a case on the next lane that is free. */
async function run(label: string, each: FaultCase): Promise<string[]> {
  const lane = idle.pop() ?? (await new Promise<Lane>((resolve) => waiting.push(resolve)));
  try {
    const outcome = await exportOn(lane, each);
    table.add(label, each, outcome.broken === undefined ? String(outcome.status) : "broken");
    const { kind, ordinal } = each.target;
    return problemsOf(each, outcome, reference).map((problem) => `${kind} ${ordinal}: ${problem}`);
  } finally {
    const next = waiting.shift();
    if (next === undefined) idle.push(lane);
    else next(lane);
  }
}

test("an export makes the requests that the matrix goes through", async () => {
  for (const lane of lanes) {
    await exportOn(lane, NOTHING);
    const made = lane.proxy.requests.map(({ kind, ordinal }) => `${kind} ${ordinal}`);
    const expected = REQUESTS.map(({ kind, ordinal }) => `${kind} ${ordinal}`);
    expect(made.sort()).toEqual(expected.sort());
  }
});

describe.concurrent("at every request of an export, the complete file or a proper refusal:", () => {
  for (const [label, cases] of casesOf(REQUESTS)) {
    test(label, { timeout: 600_000 }, async () => {
      const problems = await Promise.all(cases.map((each) => run(label, each)));
      expect(problems.flat()).toEqual([]);
    });
  }
});

test("the matrix has 500 cases or more", () => {
  expect([...casesOf(REQUESTS).values()].flat().length).toBeGreaterThanOrEqual(500);
});

test("afterwards no portal holds anything of an export", async () => {
  for (const { portal, spoolDirectory } of lanes) {
    await until("the last spool is freed", async () => (await openSpoolFiles(portal.pid)) === 0);
    expect(await readdir(spoolDirectory)).toEqual([]);
  }
});

test("afterwards every portal exports as before", async () => {
  for (const lane of lanes) {
    const { status, body, row } = await exportOn(lane, NOTHING);
    expect(status).toBe(200);
    expect(normalised(body)).toBe(reference.file);
    expect(row).toMatchObject({ outcome: "completed", bytes: body.byteLength });
  }
});
