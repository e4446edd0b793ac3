import { describe, expect, test } from "vitest";
import { prepareExport } from "~/export/run";
import { makeCapacity, MemoryRecorder, readContent } from "../../support/export-runs";
import { failureOf, FULL, makeJob, untilFree } from "../../support/jobs";
import { lineBytes, makeDocuments } from "../../support/memory-documents";
import { MemorySource } from "../../support/memory-source";

const TABLES = { a: makeDocuments("a", 40, () => ({ text: "x".repeat(20_000) })) };
const BYTES = TABLES.a.reduce((sum, document) => sum + lineBytes(document), 0);

/** Room for so many times the lines. */
function capacityFor(share: number) {
  return makeCapacity({ memoryBytes: 0, diskBytes: Math.floor(share * BYTES) });
}

describe("an export that cannot fit is refused before it reads a page", () => {
  test("as too large where it would not fit alone", async () => {
    const source = new MemorySource(TABLES);
    const recorder = new MemoryRecorder();
    const capacity = capacityFor(0.8);
    const error = await failureOf(prepareExport(makeJob(source, recorder, { capacity })));
    expect(error.code).toBe("too_large");
    expect(source.calls).not.toContain("readPage");
    expect(recorder.finished).toMatchObject([{ outcome: "failed", errorCode: "too_large" }]);
    await untilFree(capacity);
  });

  test("as too large where only the lines would fit, and not NDJSON beside them", async () => {
    const source = new MemorySource(TABLES);
    const capacity = capacityFor(1.5);
    const request = { ...FULL, format: "ndjson" } as const;
    const job = makeJob(source, new MemoryRecorder(), { capacity, request });
    expect((await failureOf(prepareExport(job))).code).toBe("too_large");
    expect(source.calls).not.toContain("readPage");
  });

  test("as busy where others hold the room, and made when they have given it back", async () => {
    const capacity = capacityFor(1.8);
    const jobFor = (source: MemorySource) => makeJob(source, new MemoryRecorder(), { capacity });
    const first = await prepareExport(jobFor(new MemorySource(TABLES)));
    const source = new MemorySource(TABLES);
    const error = await failureOf(prepareExport(jobFor(source)));
    expect(error.code).toBe("busy");
    expect(error.retryAfterSeconds).toBeGreaterThan(0);
    expect(source.calls).not.toContain("readPage");
    await first.settle("completed");
    await untilFree(capacity);
    const { file } = await prepareExport(jobFor(source));
    expect((await readContent(file)).data).toEqual(TABLES);
  });
});

test("an export that may fit is made, although its plan expects more than there is room for", async () => {
  const tables = {
    a: makeDocuments("a", 40, (index) => ({ text: "x".repeat(index < 9 ? 20_000 : 1) })),
  };
  const source = new MemorySource(tables, { sampled: 9, sampledDeviation: 15_000 });
  const capacity = makeCapacity({ memoryBytes: 0, diskBytes: 400_000 });
  const { file } = await prepareExport(makeJob(source, new MemoryRecorder(), { capacity }));
  expect((await readContent(file)).data).toEqual(tables);
});
