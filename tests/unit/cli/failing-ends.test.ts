import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ConvexProxy, type CallMatcher } from "../../e2e/support/convex-proxy";
import { ConvexClient } from "~/convex/client";
import { findRecent } from "~/convex/runs";
import type { EmbeddedConvex } from "~/embedded/options";
import { spawnEmbeddedConvex } from "~/embedded/spawn";
import { runInShell, start, type Ended } from "./command-line";

const DISK_FULL =
  "The disk is full. Free space, or write to another one (export: --out and --spool-directory).\n";

const UNRECORDED = "The file is complete. That it was written could not be put on record.";

const isFinish: CallMatcher = ({ path: name }) => name === "exportRuns:finish";

let convex: EmbeddedConvex;
let proxy: ConvexProxy;
let client: ConvexClient;
let folder: string;

beforeAll(async () => {
  convex = await spawnEmbeddedConvex({});
  proxy = await ConvexProxy.start(convex.url);
  client = new ConvexClient({ url: convex.url, deployKey: convex.adminKey, timeoutMs: 10_000 });
});
afterAll(async () => {
  await client.close();
  await proxy.stop();
  await convex.close();
});
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "supportsignal-ends-"));
  proxy.reset();
  return () => rmSync(folder, { recursive: true });
});

const deployment = () => ({ url: proxy.url, adminKey: convex.adminKey });

const run = (...args: string[]): Promise<Ended> => start(deployment(), folder, args).ended;

/** A line of a shell, in which "$@" is the command line. */
const shell = (line: string): Promise<Ended> => runInShell(deployment(), folder, line);

async function latestRun() {
  const { entries } = await findRecent(client, { kind: "command_line", name: "test" });
  return entries[0];
}

describe("a disk that is full", () => {
  test.each([["json"], ["zip"], ["csv"]])(
    "leaves nothing behind of an export as %s, which is on record as failed for that",
    async (format) => {
      // The system refuses more than 20 blocks of a file, as a full disk does.
      const line = `ulimit -f 20; exec "$@" export --format ${format} --out all`;
      expect(await shell(line)).toEqual({ exitCode: 4, stdout: "", stderr: DISK_FULL });
      expect(readdirSync(folder)).toEqual([]);
      expect(await latestRun()).toMatchObject({ outcome: "failed", errorCode: "disk_full" });
    },
  );

  test("leaves the file alone that would have been replaced", async () => {
    await run("export", "--tables", "companies", "--out", "all.json");
    const before = readFileSync(path.join(folder, "all.json"));
    const line = 'ulimit -f 20; exec "$@" export --out all.json --overwrite';
    expect(await shell(line)).toMatchObject({ exitCode: 4, stderr: DISK_FULL });
    expect(readdirSync(folder)).toEqual(["all.json"]);
    expect(readFileSync(path.join(folder, "all.json"))).toEqual(before);
  });

  test("behind standard output fails an export, on record too", async () => {
    const ended = await shell('exec "$@" export --out - > /dev/full');
    expect(ended).toEqual({ exitCode: 4, stdout: "", stderr: DISK_FULL });
    expect(await latestRun()).toMatchObject({ outcome: "failed", errorCode: "disk_full" });
  });

  test("that takes a part of a report, and no more, is not taken for one that took all of it", async () => {
    await run("export", "--tables", "companies", "--out", "all.json");
    const ended = await shell('ulimit -f 1; exec "$@" verify all.json --json > report.json');
    expect(ended).toMatchObject({ exitCode: 4, stdout: "" });
    expect(statSync(path.join(folder, "report.json")).size).toBeGreaterThan(0);
  });

  test.each([
    ["inspect"],
    ["verify all.json"],
    ["diff all.json all.json"],
    ["query all.json 'FROM companies'"],
  ])("behind standard output fails %s", async (command) => {
    await run("export", "--tables", "companies", "--out", "all.json");
    const ended = await shell(`exec "$@" ${command} > /dev/full`);
    expect(ended.exitCode).toBe(4);
    expect(ended.stderr).toContain(DISK_FULL);
  });
});

test("a query whose reader has enough ends as one that was interrupted, and says why", async () => {
  await run("export", "--tables", "companies", "--out", "all.json");
  const sql = "SELECT * FROM range(1000000)";
  const line = `{ "$@" query all.json '${sql}' --output csv; echo "ended with $?" >&2; } | head -n 1`;
  const { stdout, stderr } = await shell(line);
  expect(stdout).toBe("range\n");
  expect(stderr).toContain("Nobody reads standard output any more.\nended with 130\n");
});

test.each([[[]], [["--overwrite"]]])(
  "a device is neither written to nor replaced, with %j",
  async (options) => {
    const { exitCode, stderr } = await run("export", "--out", "/dev/full", ...options);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("--out /dev/full is a device or a pipe: use --out -");
    expect(statSync("/dev/full").isCharacterDevice()).toBe(true);
    expect(proxy.calls).toEqual([]);
  },
);

describe("an end that cannot be put on record", () => {
  const refuse = () => proxy.answerInstead(isFinish, 400, { code: "InvalidArgs", message: "no" });

  test("is told, and the complete file stays", async () => {
    refuse();
    const { exitCode, stdout, stderr } = await run("export", "--out", "all.json");
    expect([exitCode, stdout]).toEqual([0, ""]);
    expect(stderr.trimEnd().split("\n").at(-1)).toBe(UNRECORDED);
    expect(readdirSync(folder)).toEqual(["all.json"]);
    expect(await run("verify", "all.json")).toMatchObject({ exitCode: 0 });
  });

  test("is an event with --json, also beside a file on standard output", async () => {
    refuse();
    const { exitCode, stdout, stderr } = await run("export", "--out", "-", "--json");
    expect(exitCode).toBe(0);
    expect(() => JSON.parse(stdout) as unknown).not.toThrow();
    const events = stderr.trimEnd().split("\n");
    const parsed = events.map((line) => JSON.parse(line) as { event: string });
    expect(parsed.slice(-2)).toMatchObject([
      { event: "completed" },
      { event: "unrecorded", message: UNRECORDED },
    ]);
  });

  test("does not hide why there is no file", async () => {
    refuse();
    const ended = await shell('ulimit -f 20; exec "$@" export --out all.json');
    expect(ended).toEqual({ exitCode: 4, stdout: "", stderr: DISK_FULL });
    expect(readdirSync(folder)).toEqual([]);
  });
});
