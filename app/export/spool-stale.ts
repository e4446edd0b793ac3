import { lstat, readdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { SPOOL_FILE_NAME } from "./spool-file";

/** Another portal may be between opening its file and removing the name. */
const STALE_AFTER_MS = 60_000;

/**
 * Deletes the spool files that a killed process left in a directory, where it could not remove
 * their names while they were open. Nobody has their key any more.
 * @returns how many; none for a directory that is missing or cannot be listed.
 */
export async function removeStaleFiles(directory: string): Promise<number> {
  const names = await readdir(directory).catch(() => []);
  let removed = 0;
  for (const name of names) {
    if (SPOOL_FILE_NAME.test(name) && (await removeIfStale(join(directory, name)))) removed += 1;
  }
  return removed;
}

async function removeIfStale(path: string): Promise<boolean> {
  try {
    const stats = await lstat(path);
    if (!stats.isFile() || Date.now() - stats.mtimeMs < STALE_AFTER_MS) return false;
    await unlink(path);
    return true;
  } catch {
    // Another process was faster, or it belongs to another user.
    return false;
  }
}
