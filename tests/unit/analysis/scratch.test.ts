import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEach, expect, test } from "vitest";
import { makeScratch } from "~/analysis/scratch";

/** The id of a process that has ended. */
const { pid: ended } = spawnSync(process.execPath, ["--version"]);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "supportsignal-scratch-"));
  return () => rmSync(folder, { recursive: true });
});

const inFolder = (name: string) => path.join(folder, name);

test("a scratch folder is for its owner only, and stays while its process runs", async () => {
  const first = await makeScratch("query", folder);
  const second = await makeScratch("diff", folder);
  expect(readdirSync(folder).sort()).toEqual([second, first].map((each) => path.basename(each)));
  expect(statSync(first).mode & 0o777).toBe(0o700);
});

test("folders of processes that have ended are removed with all that is in them", async () => {
  for (const command of ["query", "diff"]) {
    mkdirSync(inFolder(`supportsignal-${command}-${ended}-a1B2c3/deep`), { recursive: true });
    writeFileSync(inFolder(`supportsignal-${command}-${ended}-a1B2c3/deep/table.ndjson`), "{}");
  }
  const made = await makeScratch("query", folder);
  expect(readdirSync(folder)).toEqual([path.basename(made)]);
});

test("a folder of this process's id that is older than it was left by another process", async () => {
  const left = `supportsignal-query-${process.pid}-a1B2c3`;
  mkdirSync(inFolder(left));
  utimesSync(inFolder(left), new Date("2020-01-01"), new Date("2020-01-01"));
  await makeScratch("query", folder);
  expect(readdirSync(folder)).not.toContain(left);
});

test("what is not such a folder, or of a process that runs, is left alone", async () => {
  const running = `supportsignal-query-${process.ppid}-a1B2c3`;
  const folders = [running, "supportsignal-query-notes", `my-supportsignal-query-${ended}-a1B2c3`];
  for (const name of folders) mkdirSync(inFolder(name));
  const file = `supportsignal-query-${ended}-file00`;
  writeFileSync(inFolder(file), "");
  const link = `supportsignal-query-${ended}-link00`;
  symlinkSync(inFolder(running), inFolder(link));
  await makeScratch("query", folder);
  expect(readdirSync(folder)).toEqual(expect.arrayContaining([...folders, file, link]));
});
