import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tallyOfCheck, tallyOfPlaywright, tallyOfVitest } from "../../../scripts/lib/results.mjs";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "results-test-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function reportFile(content: string): Promise<string> {
  const file = path.join(folder, `${crypto.randomUUID()}.json`);
  await writeFile(file, content);
  return file;
}

const VITEST_ALL_RAN = {
  numPassedTests: 7,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
};

test.each([
  ["a clean run is counted as it is", {}, 0, { passed: 7, failed: 0 }],
  ["failed tests are counted", { numFailedTests: 2 }, 1, { passed: 7, failed: 2 }],
  ["a skipped test has failed", { numPendingTests: 1 }, 0, { passed: 7, failed: 1 }],
  ["a to-do has failed", { numTodoTests: 1 }, 0, { passed: 7, failed: 1 }],
  ["a suite without tests has failed", { numPassedTests: 0 }, 0, { passed: 0, failed: 1 }],
  ["an error outside of the tests is one failure", {}, 1, { passed: 7, failed: 1 }],
  ["a report without counts is one failure", { numPassedTests: null }, 0, { passed: 0, failed: 1 }],
])("Vitest: %s", async (_behaviour, counts, exitCode, expected) => {
  const file = await reportFile(JSON.stringify({ ...VITEST_ALL_RAN, ...counts }));
  expect(await tallyOfVitest(file, exitCode)).toEqual(expected);
});

const PLAYWRIGHT_ALL_RAN = { expected: 3, unexpected: 0, flaky: 0, skipped: 0 };

test.each([
  ["a clean run is counted as it is", {}, 0, { passed: 3, failed: 0 }],
  ["failed tests are counted", { unexpected: 2 }, 1, { passed: 3, failed: 2 }],
  ["a flaky test has failed", { flaky: 1 }, 0, { passed: 3, failed: 1 }],
  ["a skipped test has failed", { skipped: 4 }, 0, { passed: 3, failed: 4 }],
  ["a suite without tests has failed", { expected: 0 }, 1, { passed: 0, failed: 1 }],
])("Playwright: %s", async (_behaviour, stats, exitCode, expected) => {
  const file = await reportFile(JSON.stringify({ stats: { ...PLAYWRIGHT_ALL_RAN, ...stats } }));
  expect(await tallyOfPlaywright(file, exitCode)).toEqual(expected);
});

test.each(["", "{", "[]", "{}", "null", `{"stats":null}`])(
  "a runner that leaves the report %j behind has crashed, which is one failure",
  async (content) => {
    const file = await reportFile(content);
    expect(await tallyOfVitest(file, 0)).toEqual({ passed: 0, failed: 1 });
    expect(await tallyOfPlaywright(file, 0)).toEqual({ passed: 0, failed: 1 });
  },
);

test("a runner that leaves no report behind has crashed, which is one failure", async () => {
  const missing = path.join(folder, "missing.json");
  expect(await tallyOfVitest(missing, 0)).toEqual({ passed: 0, failed: 1 });
  expect(await tallyOfPlaywright(missing, 0)).toEqual({ passed: 0, failed: 1 });
});

test("a check counts as one", () => {
  expect(tallyOfCheck(0)).toEqual({ passed: 1, failed: 0 });
  expect(tallyOfCheck(2)).toEqual({ passed: 0, failed: 1 });
});
