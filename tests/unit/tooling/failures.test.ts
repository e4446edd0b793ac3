import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { failuresOfPlaywright, failuresOfVitest } from "../../../scripts/lib/failures.mjs";
import { inProject } from "../../../scripts/lib/project.mjs";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "failures-test-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function reportFile(content: unknown): Promise<string> {
  const file = path.join(folder, `${crypto.randomUUID()}.json`);
  await writeFile(file, JSON.stringify(content));
  return file;
}

const NAME = inProject("tests/unit/sums.test.ts");

test("a failed test of Vitest is named with its file and the beginning of its message, without colours", async () => {
  const file = await reportFile({
    testResults: [
      {
        name: NAME,
        status: "failed",
        assertionResults: [
          { status: "passed", fullName: "one and one are two", failureMessages: [] },
          {
            status: "failed",
            fullName: "one and two are three",
            failureMessages: [
              `Error: \u001b[31mexpected 3\n  to be 4\u001b[39m ${"x".repeat(400)}`,
            ],
          },
        ],
      },
    ],
  });
  const [line, ...others] = await failuresOfVitest(file);
  expect(others).toEqual([]);
  expect(line).toMatch(
    /^tests\/unit\/sums\.test\.ts: one and two are three: Error: expected 3 to be 4 x+…$/,
  );
  expect(line?.length).toBeLessThan(400);
});

test("a file of Vitest that cannot be loaded is named with its message", async () => {
  const file = await reportFile({
    testResults: [
      { name: NAME, status: "failed", message: "Cannot find package", assertionResults: [] },
    ],
  });
  expect(await failuresOfVitest(file)).toEqual(["tests/unit/sums.test.ts: Cannot find package"]);
});

test("a failed test of Playwright is named wherever it is nested", async () => {
  const file = await reportFile({
    suites: [
      {
        specs: [{ title: "signs in", file: "sign-in.spec.ts", line: 3, ok: true }],
        suites: [{ specs: [{ title: "signs out", file: "sign-in.spec.ts", line: 9, ok: false }] }],
      },
    ],
  });
  expect(await failuresOfPlaywright(file)).toEqual(["sign-in.spec.ts:9: signs out"]);
});

test("a report that is missing names nothing", async () => {
  const missing = path.join(folder, "missing.json");
  expect(await failuresOfVitest(missing)).toEqual([]);
  expect(await failuresOfPlaywright(missing)).toEqual([]);
});
