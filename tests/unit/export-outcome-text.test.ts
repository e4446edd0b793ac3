import { describe, expect, it } from "vitest";
import type { FailureReason, Refusal } from "~/components/export/export-run-state";
import { describeCompleted, describeFailed } from "~/components/export/outcome-text";
import { readRun } from "~/components/export/run-client";

const fail = (reason: FailureReason, texts: Refusal = {}) =>
  describeFailed({ phase: "failed", runKey: "key", isOwn: true, reason, ...texts });

describe("what a finished export says", () => {
  it("names the file, its records, its size and the start of its digest", () => {
    const text = describeCompleted({
      outcome: "completed",
      fileName: "supportsignal-db-export-2026-01-31-0405.json",
      totalRecords: 3412,
      bytes: 2_100_000,
      durationMs: 3_210,
      digest: "abcdef0123456789".repeat(4),
    });
    expect(text).toEqual({
      title: "Export ready",
      facts: [
        "supportsignal-db-export-2026-01-31-0405.json",
        "3,412 records, 2.1 MB, 3.2 s",
        "SHA-256 abcdef0123456789…",
      ],
      digest: "abcdef0123456789".repeat(4),
      action: null,
    });
  });

  it("says of a rolling export, and of no other, that it is not of one moment", () => {
    const file = { outcome: "completed", totalRecords: 1 } as const;
    expect(describeCompleted({ ...file, consistency: "rolling" }).facts).toEqual([
      "1 record",
      "Not one moment in time: read while the database changed.",
    ]);
    expect(describeCompleted({ ...file, consistency: "snapshot" }).facts).toEqual(["1 record"]);
  });

  it("leaves out what is not known", () => {
    expect(describeCompleted({ outcome: "completed", totalRecords: 1 }).facts).toEqual([
      "1 record",
    ]);
  });
});

describe("what a failed export says", () => {
  it("gives the reason and the request id, and offers another try", () => {
    expect(fail("failed", { message: "The database is busy.", requestId: "r-1" })).toEqual({
      title: "The export failed",
      facts: ["The database is busy.", "Request id r-1"],
      action: "try_again",
    });
  });

  it("names whoever cancelled it, where somebody did", () => {
    expect(fail("cancelled", { cancelledBy: "Ada" }).facts).toEqual(["Ada cancelled it."]);
    expect(fail("cancelled").facts[0]).toMatch(/^The download was stopped/);
  });

  it("asks to start again what the portal did not live to end", () => {
    expect(fail("interrupted", { requestId: "r-1" })).toEqual({
      title: "The export was interrupted",
      facts: ["The portal stopped during this export. Start it again.", "Request id r-1"],
      action: "try_again",
    });
  });

  it("sends to sign-in when the session has ended", () => {
    expect(fail("signed_out")).toMatchObject({
      title: "Your session has ended",
      action: "sign_in",
    });
  });

  it("offers nothing to someone who may not export any more", () => {
    expect(fail("forbidden").action).toBeNull();
  });

  it.each([
    "failed",
    "cancelled",
    "interrupted",
    "paused",
    "refused",
    "not_started",
    "unreachable",
  ] as const)("always says what happened: %s", (reason) => {
    const text = fail(reason);
    expect(text.title).not.toBe("");
    expect(text.facts).toHaveLength(1);
    expect(text.action).toBe("try_again");
  });
});

describe("reading a run", () => {
  it.each(["running", "completed", "failed", "cancelled", "interrupted"])(
    "knows the outcome %s",
    (outcome) => expect(readRun({ outcome })?.outcome).toBe(outcome),
  );

  it("keeps what the page shows and drops the rest", () => {
    expect(
      readRun({
        outcome: "completed",
        consistency: "rolling",
        bytes: 12,
        digest: "ab",
        runKey: "k",
      }),
    ).toEqual({
      outcome: "completed",
      consistency: "rolling",
      bytes: 12,
      digest: "ab",
    });
  });

  it.each([null, "completed", [], {}, { outcome: "paused" }])("refuses %j", (body) => {
    expect(readRun(body)).toBeNull();
  });

  it("ignores a value of another type than the page can show", () => {
    expect(readRun({ outcome: "completed", totalRecords: "12" })?.totalRecords).toBeUndefined();
  });
});
