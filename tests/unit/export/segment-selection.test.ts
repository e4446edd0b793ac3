import { describe, expect, test } from "vitest";
import { ExportError } from "~/export/errors";
import { PageSize } from "~/export/page-size";
import { planExport } from "~/export/plan";
import { closeReferences, selectSegment } from "~/export/segment-selection";
import { failureOf } from "../../support/jobs";
import { makeDocuments } from "../../support/memory-documents";
import { MemorySource } from "../../support/memory-source";
import { until } from "../../support/gate";

const FAILURE = new ExportError("convex_failed", "find");

/** Fails one call when `count` are under way; all others wait for their signal, as a client does. */
class FailingCalls {
  readonly aborted: unknown[] = [];
  begun = 0;

  constructor(private readonly count: number) {}

  readonly call = async (signal: AbortSignal | undefined): Promise<never> => {
    this.begun += 1;
    if (this.begun === 1) {
      await until(() => this.begun === this.count, "the calls that run at once");
      throw FAILURE;
    }
    return await new Promise((_resolve, reject) => {
      signal?.addEventListener("abort", () => {
        this.aborted.push(signal.reason);
        reject(signal.reason as Error);
      });
    });
  };
}

function optionsWith(queries: number) {
  const pageSize = new PageSize({ maximumBytes: 1000, maximumDocuments: 10 });
  return { pageSize, queries, signal: new AbortController().signal };
}

describe("a call that fails ends the others at once, and none begins after it", () => {
  test("while documents are found by what they belong to", async () => {
    const calls = new FailingCalls(3);
    const tables = ["sessions", "incidents", "ai_request_logs", "user_invitations"];
    const source = new MemorySource(Object.fromEntries(tables.map((name) => [name, []])));
    source.find = (_timestamp?: unknown, _request?: unknown, signal?: AbortSignal) =>
      calls.call(signal);
    const filter = { from: "2026-01-31T00:00:00.000Z" };
    const selecting = selectSegment(source, await planExport(source), filter, optionsWith(3));
    expect(await failureOf(selecting)).toBe(FAILURE);
    expect(calls.aborted).toEqual([FAILURE, FAILURE]);
    expect(calls.begun).toBe(3);
  });

  test("while references are followed", async () => {
    const calls = new FailingCalls(2);
    const source = new MemorySource({ notes: makeDocuments("n", 1), people: [] });
    source.findIds = (_timestamp, _table, _ids, signal?: AbortSignal) => calls.call(signal);
    const full = await planExport(source);
    const options = optionsWith(2);
    const selection = await selectSegment(source, full, { tables: ["notes"] }, options);
    // More than are asked for in two calls.
    const people = Array.from({ length: 2500 }, (_, index) => `p${index}`).join("\n");
    const closing = closeReferences(source, full, selection, { people }, options);
    expect(await failureOf(closing)).toBe(FAILURE);
    expect(calls.aborted).toEqual([FAILURE]);
    expect(calls.begun).toBe(2);
  });
});
