import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EmbeddedConvex } from "~/embedded/options";
import { spawnEmbeddedConvex } from "~/embedded/spawn";
import { runInShell, type Ended } from "./command-line";

let convex: EmbeddedConvex;
let folder: string;

beforeAll(async () => {
  convex = await spawnEmbeddedConvex({});
  folder = mkdtempSync(path.join(tmpdir(), "supportsignal-terminal-"));
});
afterAll(async () => {
  await convex.close();
  rmSync(folder, { recursive: true });
});

/** `script` makes a terminal, whose output is its own; the command's words have no spaces. */
const onTerminal = (args: string): Promise<Ended> =>
  runInShell(convex, folder, `script -qec "$* ${args}" /dev/null`);

const BAR = /[█░]{24} \d+ % {2}[\d,]+ of 3,302 records, /;

test("on a terminal a bar shows how far an export is, and gives way to the result", async () => {
  const { exitCode, stdout } = await onTerminal("export --out a.json");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(BAR);
  const left = stdout.slice(stdout.lastIndexOf("\r\x1b[K") + "\r\x1b[K".length);
  expect(left).toMatch(/^\S+a\.json: 3,302 records, .*\r\nSHA-256 [0-9a-f]{64}\r\n$/);
  expect(readdirSync(folder)).toContain("a.json");
});

test("in a pipe there is no bar, and nothing that steers a terminal", async () => {
  const { exitCode, stdout, stderr } = await runInShell(
    convex,
    folder,
    '"$@" export --out b.json 2>&1 | cat',
  );
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^\S+b\.json: 3,302 records, .*\nSHA-256 [0-9a-f]{64}\n$/);
});

test("events are lines of JSON on a terminal, too, and no bar is among them", async () => {
  const { exitCode, stdout } = await onTerminal("export --tables companies --out c.json --json");
  expect(exitCode).toBe(0);
  const events = stdout
    .trim()
    .split("\r\n")
    .map((line) => (JSON.parse(line) as { event: string }).event);
  expect(events.at(-1)).toBe("completed");
});

test("a file is not written to a terminal", async () => {
  const { exitCode, stdout } = await onTerminal("export --out -");
  expect(exitCode).toBe(2);
  expect(stdout).toMatch(/^--out - writes the file to standard output: send that to/);
});
