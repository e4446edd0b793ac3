import { expect, test } from "vitest";
import { describeVerdict } from "~/components/export/verify/verdict-text";
import type { FileKind } from "~/workers/inspection";

const inspection = (kind: FileKind) => ({
  kind,
  bytes: 1,
  digest: "0".repeat(64),
  problems: [],
  records: 0,
});

const MATCH = { runKey: "r", who: "Robin", startedAt: 1, outcome: "completed" } as const;

test("a digest on record is the file that was exported", () => {
  expect(describeVerdict(inspection("export"), [MATCH])).toMatchObject({ tone: "good" });
});

test.each<[FileKind, string]>([
  ["export", "warning"],
  ["cut_off", "bad"],
  ["damaged", "bad"],
  ["other", "bad"],
])("any other %s says that no export on record has its digest", (kind, tone) => {
  const verdict = describeVerdict(inspection(kind), []);
  expect(verdict.tone).toBe(tone);
  expect(verdict.detail).toContain("No export on record has this digest.");
});

test("of an archive without a list of what is in it nobody knows whether it began as an export", () => {
  const verdict = describeVerdict({ ...inspection("cut_off"), format: "zip" }, []);
  expect(verdict.detail).toContain("begins as a ZIP archive and ends too early");
});

test("every kind has a title of its own", () => {
  const kinds: FileKind[] = ["export", "cut_off", "damaged", "other", "empty"];
  const titles = kinds.map((kind) => describeVerdict(inspection(kind), []).title);
  expect(new Set(titles).size).toBe(kinds.length);
});
