import { readdir, readFile, readlink, stat } from "node:fs/promises";

/** Spool files have no name while they are open, but Linux lists them (proc(5), /proc/pid/fd). */
const SPOOL_FILE = /supportsignal-export-[\da-f]{32}\.spool \(deleted\)$/;

/** How many spool files a process holds open. */
export async function openSpoolFiles(pid: number): Promise<number> {
  return (await findSpoolFiles(pid)).length;
}

/** The spool files that a process holds open, as whoever may look into the process sees them. */
export async function readSpoolFiles(pid: number): Promise<{ mode: number; bytes: Buffer }[]> {
  const paths = await findSpoolFiles(pid);
  return await Promise.all(
    paths.map(async (path) => {
      const { mode } = await stat(path);
      return { mode: mode & 0o777, bytes: await readFile(path) };
    }),
  );
}

async function findSpoolFiles(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const paths = (await readdir(folder)).map((fd) => `${folder}/${fd}`);
  const targets = await Promise.all(
    // One may be closed in between.
    paths.map((path) => readlink(path).catch(() => "")),
  );
  return paths.filter((_, index) => SPOOL_FILE.test(targets[index] ?? ""));
}
