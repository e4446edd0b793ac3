import { lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

const NAME = /^supportsignal-(?:query|diff)-(\d+)-[0-9A-Za-z]{6}$/;

/**
 * Makes a folder for what a command needs on the disk meanwhile, readable for its owner only, and
 * removes those that killed processes left: they may hold documents in plain text.
 */
export async function makeScratch(
  command: "query" | "diff",
  directory = tmpdir(),
): Promise<string> {
  const names = await readdir(directory).catch(() => []);
  await Promise.all(names.map((name) => removeIfStale(path.join(directory, name))));
  return await mkdtemp(path.join(directory, `supportsignal-${command}-${process.pid}-`));
}

async function removeIfStale(folder: string): Promise<void> {
  const pid = Number(NAME.exec(path.basename(folder))?.[1] ?? 0);
  if (pid === 0) return;
  try {
    const stats = await lstat(folder);
    // Somebody else's could be exchanged while it is removed.
    if (!stats.isDirectory() || stats.uid !== (process.getuid?.() ?? stats.uid)) return;
    // An MCP server may have had its folder for days: age says nothing. In a container the process
    // before this one may have had the same id.
    const isUsed = pid === process.pid ? stats.mtimeMs >= performance.timeOrigin : isRunning(pid);
    if (!isUsed) await rm(folder, { recursive: true });
  } catch {
    // Another process was faster.
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
