import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CLI, start } from "./command-line";

const NAME = "supportsignal-export";
const NOWHERE = { url: "", adminKey: "" };

/** What Bash does when Tab is pressed behind its arguments, of which the last is not complete. */
const PRESS_TAB = `
source <(${NAME} completion)
COMP_WORDS=(${NAME} "$@")
COMP_CWORD=$#
$(complete -p ${NAME} | sed 's/.* -F \\([^ ]*\\) .*/\\1/')
printf '%s\\n' "\${COMPREPLY[@]}"
`;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "supportsignal-completion-"));
  const command = `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`;
  writeFileSync(path.join(folder, NAME), command, { mode: 0o755 });
});
afterAll(() => rmSync(folder, { recursive: true }));

async function pressTab(words: string[]): Promise<string[]> {
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH: `${folder}:${PATH}`, HOME, SHELL: "/bin/bash", NODE_ENV: "test" as const };
  const args = ["--norc", "-c", PRESS_TAB, "bash", ...words];
  const { stdout } = await promisify(execFile)("bash", args, { cwd: folder, env });
  return stdout.split("\n").filter((line) => line !== "");
}

test.each<[string[], string[]]>([
  [[""], ["inspect", "export", "verify", "diff", "query", "mcp", "completion"]],
  [["in"], ["inspect"]],
  [
    ["export", "--format", ""],
    ["json", "ndjson", "zip", "parquet", "csv"],
  ],
  [["export", "--format", "p"], ["parquet"]],
  [
    ["export", "--privacy", ""],
    ["redacted", "pseudonymised"],
  ],
  [
    ["export", "--consistency", ""],
    ["snapshot", "rolling"],
  ],
  [
    ["query", "a.json", "--output", ""],
    ["table", "json", "csv"],
  ],
  [["export", "--de"], ["--deploy-key-file"]],
  [["verify", "no-such"], []],
])("Tab behind %j offers %j in Bash", async (words, offered) => {
  expect(await pressTab(words)).toEqual(offered);
});

test("the script for zsh is its own", async () => {
  const { ended } = start(NOWHERE, folder, ["completion"], { SHELL: "/bin/zsh" });
  const { exitCode, stdout } = await ended;
  expect([exitCode, stdout.split("\n")[0]]).toEqual([0, `#compdef ${NAME}`]);
});

test("the version is that of the package", async () => {
  const { version } = JSON.parse(
    readFileSync(new URL("../../../package.json", import.meta.url), "utf8"),
  ) as { version: string };
  expect(await start(NOWHERE, folder, ["--version"]).ended).toEqual({
    exitCode: 0,
    stdout: `${version}\n`,
    stderr: "",
  });
});
