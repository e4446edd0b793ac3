import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { ExportError } from "~/export/errors";
import { captured, failure, idsOf } from "../../support/capture";
import { makeCapacity, MEBIBYTE } from "../../support/export-runs";
import { until } from "../../support/gate";
import { makeDocuments } from "../../support/memory-documents";
import { MemorySource } from "../../support/memory-source";

const SMALL_PAGES = { maximumBytes: MEBIBYTE, maximumDocuments: 3 };

describe("what is captured", () => {
  test("is everything, in one page where it fits", async () => {
    const source = new MemorySource({ a: makeDocuments("a", 5), b: [], c: makeDocuments("c", 4) });
    const { capture: result, ids } = await captured(source);
    expect(ids).toEqual(idsOf(source));
    expect(Object.entries(result.recordCounts)).toEqual([
      ["a", 5],
      ["b", 0],
      ["c", 4],
    ]);
    expect(source.requests).toHaveLength(1);
  });

  test.each([
    ["once as the only answer begins, a turn before its rest", 1000, ["told", "turn", "page"]],
    ["of no answer where there are several reads", 3, ["page"]],
  ])("tells %s", async (_name, maximumDocuments, expected) => {
    const seen = new Set<string>();
    const source = new MemorySource(
      { a: makeDocuments("a", 12) },
      { failingAttempts: () => 1 }, // the first attempt breaks off in the middle
    );
    await captured(source, {
      page: { maximumBytes: MEBIBYTE, maximumDocuments },
      onOnlyAnswer: () => {
        seen.add(seen.has("told") ? "told again" : "told");
        void setImmediate().then(() => seen.add("turn"));
      },
      onProgress: () => seen.add("page"),
    });
    expect([...seen]).toEqual(expected);
  });

  test("is everything where tables are split over pages that come in any order", async () => {
    let turn = 0;
    const source = new MemorySource(
      { a: makeDocuments("a", 10), b: makeDocuments("b", 1), c: makeDocuments("c", 8), d: [] },
      {
        beforePage: async () => {
          turn += 7;
          for (let i = 0; i < turn % 5; i++) await setImmediate();
        },
      },
    );
    const { ids } = await captured(source, { page: SMALL_PAGES });
    expect(ids).toEqual(idsOf(source));
    expect(source.requests.length).toBeGreaterThanOrEqual(7);
    expect(source.mostAtOnce).toBeGreaterThan(1);
    for (const request of source.requests) expect(request).toMatchObject(SMALL_PAGES);
  });

  test("is everything where the plan was wrong about what fits a page", async () => {
    const tables = {
      a: makeDocuments("a", 20, (index) => ({ text: index < 1 ? "" : "x".repeat(5000) })),
      b: makeDocuments("b", 20, (index) => ({ text: index < 1 ? "" : "x".repeat(5000) })),
    };
    const source = new MemorySource(tables, { sampled: 1 });
    const page = { maximumBytes: 20_000, maximumDocuments: 1000 };
    const { ids } = await captured(source, { page });
    expect(ids).toEqual(idsOf(source));
    expect(source.requests[0]?.tables).toEqual(["a", "b"]);
    expect(source.requests.some(({ tables: [first] }) => first === "b")).toBe(true);
  });

  test("adds the redactions and withheld fields of all pages up", async () => {
    const source = new MemorySource(
      { a: makeDocuments("a", 6) },
      {
        alterPage: (page) => ({ ...page, redactions: { "a.token": 2 }, withheld: { "a.new": 3 } }),
      },
    );
    const { capture: result } = await captured(source, { page: SMALL_PAGES });
    const pages = source.requests.length;
    expect(pages).toBeGreaterThan(1);
    expect(result).toMatchObject({
      redactions: { "a.token": 2 * pages },
      withheld: { "a.new": 3 * pages },
    });
  });

  test.each([false, true])(
    "may share creation times, as after an import (noticing the end late: %s)",
    async (isEndNoticedLate) => {
      const documents = makeDocuments("a", 9).map((document) => ({
        ...document,
        _creationTime: 1,
      }));
      const source = new MemorySource({ a: documents }, { isEndNoticedLate });
      const { ids } = await captured(source, { page: SMALL_PAGES });
      expect(ids).toEqual(idsOf(source));
    },
  );

  test("is only what the last attempt at a page brought", async () => {
    const source = new MemorySource(
      { a: makeDocuments("a", 10), b: makeDocuments("b", 2) },
      { failingAttempts: () => 2 },
    );
    const { ids } = await captured(source, { page: SMALL_PAGES });
    expect(ids).toEqual(idsOf(source));
  });

  test("is asked for with one fingerprint key", async () => {
    const source = new MemorySource({ a: makeDocuments("a", 9), b: makeDocuments("b", 9) });
    await captured(source, {
      page: SMALL_PAGES,
      fingerprintKey: "only this one",
    });
    expect(new Set(source.requests.map((request) => request.fingerprintKey))).toEqual(
      new Set(["only this one"]),
    );
  });
});

describe("a capture that fails", () => {
  test("throws what the source threw, and stops the other reads", async () => {
    const broken = new ExportError("convex_failed", "broken");
    const aborted: unknown[] = [];
    const tables = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`t${index}`, makeDocuments(`t${index}_`, 3)]),
    );
    const source = new MemorySource(tables, {
      beforePage: async (request, signal) => {
        if (request.tables[0] === "t1") throw broken;
        await new Promise<void>((resolve) => {
          signal?.addEventListener("abort", () => {
            aborted.push(signal.reason);
            resolve();
          });
        });
      },
    });
    const error = await failure(source, { page: SMALL_PAGES, queries: 3 });
    expect(error).toBe(broken);
    await setImmediate();
    // One more may have taken the place of the one that failed.
    const started = source.requests.map(({ tables: [first] }) => first);
    expect(started.slice(0, 3)).toEqual(["t0", "t1", "t2"]);
    expect(started.length).toBeLessThanOrEqual(4);
    expect(aborted).toEqual(started.slice(1).map(() => broken));
  });

  test("for a signal that is aborted before, reads nothing", async () => {
    const source = new MemorySource({ a: makeDocuments("a", 3) });
    const reason = new Error("gone");
    expect(await failure(source, { signal: AbortSignal.abort(reason) })).toBe(reason);
    expect(source.requests).toEqual([]);
  });

  test("for a signal that is aborted between pages, reads no further page", async () => {
    const controller = new AbortController();
    const reason = new Error("gone");
    const source = new MemorySource(
      { a: makeDocuments("a", 30) },
      {
        beforePage: () => {
          if (source.requests.length === 2) controller.abort(reason);
        },
      },
    );
    const { signal } = controller;
    expect(await failure(source, { page: SMALL_PAGES, signal, queries: 1 })).toBe(reason);
    expect(source.requests).toHaveLength(2);
  });

  test("past the bounds of the spool says that the export is too large", async () => {
    const text = "x".repeat(100_000);
    const source = new MemorySource({ a: makeDocuments("a", 20, () => ({ text })) });
    const capacity = makeCapacity({ memoryBytes: 0, diskBytes: MEBIBYTE });
    expect(await failure(source, { capacity })).toMatchObject({ code: "too_large" });
    await until(() => capacity.spools.diskHeld === 0, "the room on the disk");
    expect(capacity.spools.memoryHeld).toBe(0);
  });
});
