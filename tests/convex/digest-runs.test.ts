import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findRunsByDigest } from "~/convex/runs";
import { COMMAND_LINE } from "../support/convex";
import { AuditRows, COMPLETED } from "./audit-rows";

let rows: AuditRows;

beforeAll(async () => {
  rows = await AuditRows.open();
});

afterAll(() => rows.convex.close());

describe("the runs of a digest", () => {
  const found = (digest: string) => findRunsByDigest(rows.convex.client, COMMAND_LINE, digest);

  test("are those whose file had it, the newest five first, whatever became of them", async () => {
    const digest = "0123456789abcdef".repeat(4);
    const keys: string[] = [];
    for (let index = 0; index < 7; index += 1) {
      const runKey = await rows.startRun({ reason: `number ${index}`, address: "192.0.2.99" });
      const outcome = index === 6 ? "cancelled" : "completed";
      await rows.finish({ ...COMPLETED, runKey, digest, outcome });
      keys.unshift(runKey);
    }
    const runs = await found(digest);
    expect(runs.map(({ runKey }) => runKey)).toEqual(keys.slice(0, 5));
    expect(runs[0]).toMatchObject({ outcome: "cancelled", digest, who: "test", bytes: 345 });
    expect(runs[1]).toMatchObject({ outcome: "completed", fileName: "file.json" });
    expect(JSON.stringify(runs)).not.toContain("192.0.2.99");
  });

  test("are none where no export has it", async () => {
    expect(await found("f".repeat(64))).toEqual([]);
  });

  test.each(["", "ab", "AB".repeat(32), "g".repeat(64), ` ${"a".repeat(64)}`])(
    "cannot be asked for by %j, which is no digest",
    async (digest) => {
      await expect(found(digest)).rejects.toMatchObject({ code: "convex_failed" });
    },
  );
});
