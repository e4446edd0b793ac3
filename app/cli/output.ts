import { randomBytes } from "node:crypto";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { writeFolder } from "../analysis/folder";
import { readStream } from "../analysis/export-input";
import type { ExportFile } from "../export/document";
import type { FolderFormat } from "../export/formats/format";
import { UsageError } from "./failure";
import { print } from "./stdout";

/** Where an export goes. */
export type Target =
  | { kind: "stdout" }
  /** Without a path, the export's own name in the present folder. */
  | { kind: "file"; path: string | undefined; mayOverwrite: boolean };

/**
 * Checks a target before anything is read.
 * @param out A path, `-` for standard output; undefined for the export's own name here.
 * @throws UsageError
 */
export function parseTarget(
  out: string | undefined,
  mayOverwrite: boolean,
  isFolder: boolean,
): Target {
  if (isFolder && mayOverwrite) {
    throw new UsageError("A folder is never replaced: name another one, without --overwrite.");
  }
  if (isFolder && out === "-") {
    throw new UsageError("This format is a folder, and cannot go to standard output.");
  }
  if (out === "-") {
    if (process.stdout.isTTY) {
      throw new UsageError(
        "--out - writes the file to standard output: send that to a file or a program.",
      );
    }
    return { kind: "stdout" };
  }
  if (out !== undefined) {
    const there = statSync(out, { throwIfNoEntry: false });
    if (there?.isFile() === false && !there.isDirectory()) {
      // The complete file would take its place: root would have no /dev/null any more.
      throw new UsageError(`--out ${out} is a device or a pipe: use --out - and send that there.`);
    }
    if (!mayOverwrite) requireFree(out);
    else if (there?.isDirectory() === true) {
      throw new UsageError(`--out ${out} is a folder: name a file in it.`);
    }
  }
  requireWritable(out === undefined ? process.cwd() : path.dirname(path.resolve(out)), out);
  return { kind: "file", path: out, mayOverwrite };
}

/** Writes an export to standard output, at the pace of whoever reads it. */
export async function writeToStdout(file: ExportFile, signal: AbortSignal): Promise<void> {
  for await (const piece of file.content()) {
    signal.throwIfAborted();
    await print(piece);
  }
}

/**
 * Writes an export to a file that exists only when it is complete and safe on the disk: under another
 * name beside it first, readable for its owner only.
 * @returns its path
 */
export async function writeToFile(
  file: ExportFile,
  { path: given, mayOverwrite }: Extract<Target, { kind: "file" }>,
  signal: AbortSignal,
): Promise<string> {
  const target = path.resolve(given ?? file.name);
  const unfinished = unfinishedName(target);
  const handle = await open(unfinished, "wx", 0o600);
  try {
    await copy(file, handle, signal);
    if (!mayOverwrite) requireFree(target); // its own name is known only now
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await syncFolder(path.dirname(target));
  return target;
}

/**
 * Writes an export as a folder of files that appears under its name when it is complete and safe on
 * the disk, for its owner only.
 * @returns its path
 */
export async function writeToFolder(
  file: ExportFile,
  format: FolderFormat,
  { path: given }: Extract<Target, { kind: "file" }>,
  signal: AbortSignal,
): Promise<string> {
  const target = path.resolve(given ?? file.name);
  const unfinished = unfinishedName(target);
  await mkdir(unfinished, { mode: 0o700 });
  try {
    const input = await readStream(file.content(), "json");
    const madeFrom = { bytes: file.bytes, sha256: file.digest.toString("hex") };
    await writeFolder(input, unfinished, format, madeFrom, signal);
    await syncFolder(unfinished);
    requireFree(target); // its own name is known only now
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
  await syncFolder(path.dirname(target));
  return target;
}

/** @throws UsageError where nothing can be written into a folder, before anything is read for it */
function requireWritable(folder: string, out = "."): void {
  if (!existsSync(folder)) throw new UsageError(`--out ${out}: there is no such folder.`);
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`--out ${out}: the folder cannot be written to (${String(code)}).`);
  }
}

/** What is not complete has another name, beside the one that it will have. */
function unfinishedName(target: string): string {
  const name = `.${path.basename(target)}.${randomBytes(6).toString("hex")}.part`;
  return path.join(path.dirname(target), name);
}

function requireFree(file: string): void {
  if (existsSync(file)) {
    throw new UsageError(`${file} is there already: name another file, or add --overwrite.`);
  }
}

async function copy(file: ExportFile, handle: FileHandle, signal: AbortSignal): Promise<void> {
  try {
    for await (const piece of file.content()) {
      signal.throwIfAborted();
      for (let written = 0; written < piece.byteLength;) {
        written += (await handle.write(piece, written)).bytesWritten;
      }
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The new name is safe only when its folder is. Not every system can do that to a folder. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
