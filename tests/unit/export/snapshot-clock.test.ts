import { describe, expect, test } from "vitest";
import { ExportError } from "~/export/errors";
import { SnapshotClock } from "~/export/snapshot-clock";
import type { SnapshotTimestamp } from "~/export/source";
import { Gate } from "../../support/gate";

const expired = new ExportError("snapshot_expired", "page");

/** A clock whose timestamps are "t0", "t1" and so on, and which of them have expired. */
function makeClock(consistency: "snapshot" | "rolling") {
  const expiredOnes = new Set<SnapshotTimestamp>();
  let pins = 0;
  const clock = new SnapshotClock(consistency, "t0", () => {
    pins += 1;
    return Promise.resolve(`t${pins}`);
  });
  const read = (timestamp: SnapshotTimestamp) =>
    expiredOnes.has(timestamp) ? Promise.reject(expired) : Promise.resolve(timestamp);
  return { clock, expiredOnes, read, pins: () => pins };
}

describe("a snapshot", () => {
  test("is read at one timestamp, whatever happens", async () => {
    const { clock, expiredOnes, read, pins } = makeClock("snapshot");
    expect(await clock.at(read)).toBe("t0");
    expect(await clock.at(read)).toBe("t0");
    expiredOnes.add("t0");
    await expect(clock.at(read)).rejects.toBe(expired);
    expect(await clock.latest).toBe("t0");
    expect(pins()).toBe(0);
  });
});

describe("a rolling export", () => {
  test("takes a new timestamp where the last has expired, and keeps it", async () => {
    const { clock, expiredOnes, read, pins } = makeClock("rolling");
    expect(await clock.at(read)).toBe("t0");
    expiredOnes.add("t0");
    expect(await clock.at(read)).toBe("t1");
    expect(await clock.at(read)).toBe("t1");
    expect(await clock.latest).toBe("t1");
    expect(pins()).toBe(1);
  });

  test("takes one for all pages that find out at once", async () => {
    const { clock, expiredOnes, read, pins } = makeClock("rolling");
    expiredOnes.add("t0");
    const gate = new Gate();
    const reads = Array.from({ length: 16 }, () =>
      clock.at(async (timestamp) => {
        await gate.opened;
        return await read(timestamp);
      }),
    );
    gate.open();
    expect(new Set(await Promise.all(reads))).toEqual(new Set(["t1"]));
    expect(pins()).toBe(1);
  });

  test("does not take a page that finds out late for one of the new timestamp", async () => {
    const { clock, expiredOnes, read, pins } = makeClock("rolling");
    const gate = new Gate();
    expiredOnes.add("t0");
    const late = clock.at(async (timestamp) => {
      await gate.opened;
      return await read(timestamp);
    });
    expect(await clock.at(read)).toBe("t1");
    gate.open();
    expect(await late).toBe("t1");
    expect(pins()).toBe(1);
  });

  test("gives up on a page that never gets a timestamp that lasts", async () => {
    const { clock, pins } = makeClock("rolling");
    const used: SnapshotTimestamp[] = [];
    const read = (timestamp: SnapshotTimestamp) => {
      used.push(timestamp);
      return Promise.reject(expired);
    };
    await expect(clock.at(read)).rejects.toBe(expired);
    expect(used).toEqual(["t0", "t1", "t2", "t3", "t4"]);
    expect(pins()).toBe(4);
  });

  test("ends with the error of a timestamp that cannot be had", async () => {
    const unreachable = new ExportError("convex_unreachable", "query_ts");
    const clock = new SnapshotClock("rolling", "t0", () => Promise.reject(unreachable));
    const reads = [1, 2].map(() => clock.at(() => Promise.reject(expired)));
    for (const read of reads) await expect(read).rejects.toBe(unreachable);
  });

  test("ends with any other error of a page at once", async () => {
    const { clock, pins } = makeClock("rolling");
    const broken = new ExportError("convex_failed", "page");
    await expect(clock.at(() => Promise.reject(broken))).rejects.toBe(broken);
    expect(pins()).toBe(0);
  });
});
