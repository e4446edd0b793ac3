import { describe, expect, test } from "vitest";
import { ExportError } from "~/export/errors";
import { prepareExport } from "~/export/run";
import { makeCapacity, MemoryRecorder, readBytes, readContent } from "../../support/export-runs";
import { CAPTURE_MS, failureOf, FULL, makeJob, NOW, untilFree } from "../../support/jobs";
import { makeDocuments } from "../../support/memory-documents";
import { MemorySource } from "../../support/memory-source";

const TABLES = { a: makeDocuments("a", 4), b: makeDocuments("b", 2) };

describe("an export that succeeds", () => {
  test("is audited before anything is read, and the actor is checked again at the end", async () => {
    const source = new MemorySource(TABLES);
    const recorder = new MemoryRecorder({}, source.calls);
    const { file, settle } = await prepareExport(makeJob(source, recorder));
    expect(source.calls.slice(0, 3)).toEqual(["start", "pinTimestamp", "begin"]);
    expect(source.calls.at(-1)).toBe("authorize");
    expect(recorder.started).toEqual([
      {
        startedAt: NOW,
        exportType: "full",
        request: FULL,
        aliveUntil: new Date(NOW.getTime() + CAPTURE_MS + 60_000),
      },
    ]);
    expect(recorder.finished).toEqual([]);
    expect((await readContent(file)).data).toEqual(TABLES);
    await settle("completed");
    expect(recorder.finished).toEqual([{ outcome: "completed", file, finishedAt: NOW }]);
  });

  test.each([
    [250, 1],
    [251, 2],
  ])("that took %i ms more to assemble has had %i last checks of its actor", async (ms, checks) => {
    let time = NOW.getTime();
    const text = "x".repeat(1_000_000);
    const source = new MemorySource(
      { a: makeDocuments("a", 1, () => ({ text })) },
      {
        // A file of this size lets others have their turn before it is ready.
        authorize: () => Promise.resolve(void setImmediate(() => (time += ms))),
      },
    );
    const job = makeJob(source, new MemoryRecorder(), { now: () => new Date(time) });
    const { settle } = await prepareExport(job);
    expect(source.calls.filter((call) => call === "authorize")).toHaveLength(checks);
    await settle("completed");
  });

  test.each([
    ["cancelled", { outcome: "cancelled" }],
    ["failed", { outcome: "failed", errorCode: "internal" }],
  ] as const)("is recorded as %s where the file did not arrive", async (delivery, end) => {
    const recorder = new MemoryRecorder();
    const { file, settle } = await prepareExport(makeJob(new MemorySource(TABLES), recorder));
    await settle(delivery);
    expect(recorder.finished).toEqual([{ ...end, file, finishedAt: NOW }]);
  });

  test("is recorded with the reason for which its file could not be written, where that is known", async () => {
    const recorder = new MemoryRecorder();
    const { file, settle } = await prepareExport(makeJob(new MemorySource(TABLES), recorder));
    await settle("failed", "disk_full");
    const end = { outcome: "failed", errorCode: "disk_full", file, finishedAt: NOW };
    expect(recorder.finished).toEqual([end]);
  });

  test("is settled once: the first outcome counts", async () => {
    const recorder = new MemoryRecorder();
    const { file, settle } = await prepareExport(makeJob(new MemorySource(TABLES), recorder));
    const settled = [settle("cancelled"), settle("completed"), settle("failed")];
    await Promise.all(settled);
    await settle("completed");
    expect(recorder.finished).toEqual([{ outcome: "cancelled", file, finishedAt: NOW }]);
  });

  test("frees its file when it is settled", async () => {
    const capacity = makeCapacity();
    const job = makeJob(new MemorySource(TABLES), new MemoryRecorder(), { capacity });
    const { file, settle } = await prepareExport(job);
    expect(capacity.spools.memoryHeld).toBeGreaterThan(0);
    await settle("completed");
    await expect(readBytes(file)).rejects.toMatchObject({ code: "internal" });
    await untilFree(capacity);
  });

  test.each([
    ["completed", true],
    ["cancelled", false],
    ["failed", false],
  ] as const)(
    "that was %s has its memory filled by the next one: %s",
    async (delivery, isReused) => {
      const capacity = makeCapacity();
      const hold = async (letter: string) => {
        const text = letter.repeat(1_000_000);
        const source = new MemorySource({ a: makeDocuments("a", 1, () => ({ text })) });
        const { file, settle } = await prepareExport(
          makeJob(source, new MemoryRecorder(), { capacity }),
        );
        const pieces: Buffer[] = [];
        for await (const piece of file.content()) pieces.push(piece);
        const copy = Buffer.concat(pieces);
        return { pieces, copy, settle };
      };
      const first = await hold("x");
      await first.settle(delivery);
      const second = await hold("y");
      // Who was sent a part, and cannot be told to have all of it, may still be about to send it.
      expect(Buffer.concat(first.pieces).equals(first.copy)).toBe(!isReused);
      await second.settle("completed");
    },
  );

  test("frees its file also where the audit trail cannot be written any more", async () => {
    const capacity = makeCapacity({ memoryBytes: 0 });
    const recorder = new MemoryRecorder({
      finish: () => {
        throw new ExportError("convex_unreachable", "finish");
      },
    });
    const job = makeJob(new MemorySource(TABLES), recorder, { capacity });
    const { file, settle } = await prepareExport(job);
    expect(capacity.spools.diskHeld).toBeGreaterThan(0);
    await expect(settle("completed")).rejects.toMatchObject({ code: "convex_unreachable" });
    await expect(readBytes(file)).rejects.toMatchObject({ code: "internal" });
    await untilFree(capacity);
  });

  test("of a part of the tables is recorded as segmented", async () => {
    const recorder = new MemoryRecorder();
    const request = { ...FULL, tables: ["b"] };
    const { file } = await prepareExport(makeJob(new MemorySource(TABLES), recorder, { request }));
    expect(recorder.started).toMatchObject([{ exportType: "segmented", request }]);
    expect(file.metadata).toMatchObject({
      exportType: "segmented",
      filtersApplied: { tables: ["b"], includedByReference: {} },
      recordCounts: { b: 2 },
    });
  });

  test("uses one fingerprint key for all pages, and a new long one for each run", async () => {
    const keys = await Promise.all(
      [1, 2, 3].map(async () => {
        const source = new MemorySource(TABLES);
        await prepareExport(makeJob(source, new MemoryRecorder()));
        expect(source.requests.length).toBeGreaterThan(1);
        return [...new Set(source.requests.map((request) => request.fingerprintKey))];
      }),
    );
    expect(keys.map((list) => list.length)).toEqual([1, 1, 1]);
    expect(new Set(keys.flat()).size).toBe(3);
    for (const key of keys.flat()) expect(Buffer.from(key, "base64url")).toHaveLength(32);
  });

  test("takes the fingerprint key that it is given", async () => {
    const source = new MemorySource(TABLES);
    await prepareExport(makeJob(source, new MemoryRecorder(), { fingerprintKey: "given" }));
    expect(new Set(source.requests.map((r) => r.fingerprintKey))).toEqual(new Set(["given"]));
  });
});

describe("the places of a process", () => {
  const source = () => new MemorySource(TABLES);

  test("are taken while exports are prepared, and one more is busy before any work", async () => {
    const capacity = makeCapacity({ captures: 2 });
    const preparing = [1, 2].map(() =>
      prepareExport(makeJob(source(), new MemoryRecorder(), { capacity })),
    );
    const [refused, recorder] = [source(), new MemoryRecorder()];
    const error = await failureOf(prepareExport(makeJob(refused, recorder, { capacity })));
    expect(error).toMatchObject({ code: "busy", retryAfterSeconds: 10 });
    expect(refused.calls).toEqual([]);
    expect([...recorder.started, ...recorder.finished]).toEqual([]);
    // Both are ready and not sent yet: their places are free.
    const prepared = await Promise.all(preparing);
    await prepareExport(makeJob(source(), new MemoryRecorder(), { capacity }));
    for (const { file } of prepared) expect((await readContent(file)).data).toEqual(TABLES);
  });

  test("are not enough where files that are being sent hold all the room", async () => {
    const capacity = makeCapacity({ memoryBytes: 1, diskBytes: 256 * 1024 + 100 });
    const { settle } = await prepareExport(makeJob(source(), new MemoryRecorder(), { capacity }));
    const [refused, recorder] = [source(), new MemoryRecorder()];
    const error = await failureOf(prepareExport(makeJob(refused, recorder, { capacity })));
    expect(error).toMatchObject({ code: "busy" });
    expect(error.retryAfterSeconds).toBeGreaterThan(0);
    expect([...refused.calls, ...recorder.started]).toEqual([]);
    await settle("completed");
    await untilFree(capacity);
    await prepareExport(makeJob(source(), new MemoryRecorder(), { capacity }));
  });

  test("are given back by every export that fails, wherever it does", async () => {
    const capacity = makeCapacity({ captures: 1, queries: 2 });
    const broken = () => {
      throw new ExportError("convex_failed", "broken");
    };
    const unaudited = new MemoryRecorder({ start: broken });
    await failureOf(prepareExport(makeJob(source(), unaudited, { capacity })));
    const unfinished = new MemoryRecorder({ finish: broken });
    const failing = [
      new MemorySource(TABLES, { beforePage: broken }),
      new MemorySource(TABLES, { alterDocuments: () => [] }),
      new MemorySource(TABLES, { authorize: () => Promise.resolve().then(broken) }),
    ];
    for (const recorder of [new MemoryRecorder(), unfinished]) {
      for (const each of failing) {
        await failureOf(prepareExport(makeJob(each, recorder, { capacity })));
        await untilFree(capacity);
      }
    }
    const { settle } = await prepareExport(makeJob(source(), new MemoryRecorder(), { capacity }));
    await settle("completed");
    await untilFree(capacity);
  });
});
