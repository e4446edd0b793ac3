import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import type { FileReport } from "../export/document-check";
import { readManifest } from "../export/formats/archive";
import { BundleCheck } from "../export/formats/bundle-check";
import { AnalysisError } from "./errors";
import { ZipArchive } from "./zip-archive";

/**
 * Checks a bundle on disk.
 * @throws the system's error where the file cannot be read
 */
export async function checkBundle(file: string): Promise<FileReport> {
  const { size: bytes } = await stat(file);
  const unreadable = (message: string): FileReport => {
    const problems = [{ line: 0, message }];
    return { bytes, recordCounts: {}, problems, danglingReferences: {} };
  };
  let archive: ZipArchive;
  try {
    archive = await ZipArchive.open(file);
  } catch (error) {
    if (error instanceof AnalysisError) return unreadable(error.message);
    throw error;
  }
  try {
    const reading = await readManifest(archive);
    if ("problem" in reading) return unreadable(reading.problem);
    const check = new BundleCheck(archive, () => createHash("sha256"));
    return { bytes, ...(await check.run(reading.manifest)) };
  } finally {
    archive.close();
  }
}
