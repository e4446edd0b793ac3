import { readdir, rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { spawnEmbeddedConvex } from "~/embedded/spawn";
import type { EmbeddedConvex } from "~/embedded/options";
import { Database } from "../../e2e/support/database";
import { requireBuild, SESSION_SECRET } from "../../e2e/support/portal";
import { signInAt } from "../../e2e/support/session";
import type { Session } from "../../e2e/support/session";
import { casesOf, problemsOf } from "./cases";
import type { FaultCase } from "./cases";
import { CONTENT, writeSmallTables } from "./dataset";
import type { TestedExport } from "./exports";
import { exportInPeace, Lanes } from "./lanes";
import { OutcomeTable } from "./outcome-table";
import { normalised } from "./same-file";
import { openSpoolFiles } from "./spool-files";
import { until } from "./until";

/** Old snapshots stay readable while an export waits for what hangs (1 minute). */
const RETENTION_MS = 60_000;

export interface MatrixOptions {
  /** Portals side by side. */
  lanes: number;
  pageDocuments: number;
}

/** Tests every fault at every request of an export in turn, of one kind of export after the other. */
export function testMatrix(
  exports: readonly TestedExport[],
  { lanes: count, pageDocuments }: MatrixOptions,
): void {
  let folder: string;
  let convex: EmbeddedConvex;
  let session: Session;
  let lanes: Lanes;
  let secrets: () => string[];
  /** The file of each export when nothing happens to it, normalised. */
  const files = new Map<TestedExport, string>();
  const tables = new Map(exports.map((tested) => [tested, new OutcomeTable(tested.name)]));

  beforeAll(async () => {
    requireBuild();
    folder = await writeSmallTables();
    convex = await spawnEmbeddedConvex({ data: folder, retentionMs: RETENTION_MS });
    const access = { convexUrl: convex.url, deployKey: convex.adminKey };
    lanes = await Lanes.start(count, {
      ...access,
      database: new Database(access),
      pageDocuments,
    });
    const [first] = lanes.all;
    if (first === undefined) throw new Error("There is no lane");
    session = await signInAt(first.portal.origin, "system_admin@supportsignal.test");
    // One after the other: what runs for the first time is slow, and slow requests are repeated.
    for (const lane of lanes.all) {
      for (const tested of exports) {
        const { status, body } = await exportInPeace(lane, session, tested);
        if (status !== 200) throw new Error(`A ${tested.name} without a fault is ${status}`);
        files.set(tested, normalised(body));
      }
    }
    const known = [
      convex.adminKey.split("|").at(-1) ?? convex.adminKey,
      SESSION_SECRET,
      session.token,
      session.tokenHash,
    ];
    secrets = () => [...known, ...lanes.all.flatMap(({ proxy }) => [...proxy.fingerprintKeys])];
  });

  afterAll(async () => {
    for (const table of tables.values()) process.stdout.write(`\n${table.toString()}\n`);
    await lanes.stop();
    await convex.close();
    await rm(folder, { recursive: true });
  });

  async function problems(label: string, each: FaultCase): Promise<string[]> {
    const { target, tested } = each;
    const outcome = await lanes.run(session, each);
    const status = outcome.broken === undefined ? String(outcome.status) : "broken";
    tables.get(tested)?.add(label, each, status);
    const reference = {
      file: files.get(tested) ?? "",
      secrets: () => [...secrets(), ...tested.hidden],
      content: CONTENT,
    };
    return problemsOf(each, outcome, reference).map(
      (problem) => `${target.kind} ${target.ordinal}: ${problem}`,
    );
  }

  describe.each(exports)("$name:", (tested) => {
    test("an export makes the requests that the matrix goes through", async () => {
      for (const lane of lanes.all) {
        await exportInPeace(lane, session, tested);
        const made = lane.proxy.requests.map(({ kind, ordinal }) => `${kind} ${ordinal}`);
        const expected = tested.requests.map(({ kind, ordinal }) => `${kind} ${ordinal}`);
        expect(made.sort()).toEqual(expected.sort());
      }
    });

    describe.concurrent("whatever fails, the complete file or a proper refusal:", () => {
      for (const [label, cases] of casesOf(tested)) {
        test(label, { timeout: 600_000 }, async () => {
          const found = await Promise.all(cases.map((each) => problems(label, each)));
          expect(found.flat()).toEqual([]);
        });
      }
    });

    test("afterwards no portal holds anything of an export", async () => {
      for (const { portal, spoolDirectory } of lanes.all) {
        await until(
          "the last spool is freed",
          async () => (await openSpoolFiles(portal.pid)) === 0,
        );
        expect(await readdir(spoolDirectory)).toEqual([]);
      }
    });

    test("afterwards every portal exports as before", async () => {
      for (const lane of lanes.all) {
        const { status, body, row } = await exportInPeace(lane, session, tested);
        expect(status).toBe(200);
        expect(normalised(body)).toBe(files.get(tested));
        expect(row).toMatchObject({ outcome: "completed", bytes: body.byteLength });
      }
    });
  });
}
