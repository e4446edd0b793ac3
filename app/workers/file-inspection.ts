import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { CUT_OFF, type FileProblem, type FileReport } from "../export/document-check";
import { FileCheck } from "../export/file-check";

/**
 * - `export`: complete, as far as a file can say so of itself.
 * - `cut_off`: begins as an export, and ends too early.
 * - `damaged`: begins as an export, and breaks its own rules.
 * - `other`: no export of this portal.
 */
export type FileKind = "export" | "cut_off" | "damaged" | "other" | "empty";

/** What is known of a file after reading it once. */
export interface FileInspection {
  kind: FileKind;
  bytes: number;
  /** SHA-256, hex in lower case. */
  digest: string;
  problems: FileProblem[];
  /** Documents found. */
  records: number;
  /** ISO date-time; absent where the head of the file could not be read. */
  snapshotTimestamp?: string;
}

/**
 * Reads a file once, from start to end: its SHA-256 and its structure. Of its content it keeps the
 * ids alone, so the file may have any size.
 * @param onProgress Told how many bytes were read, after each piece.
 */
export async function inspectFile(
  stream: ReadableStream<Uint8Array>,
  onProgress: (bytes: number) => void,
): Promise<FileInspection> {
  const hash = sha256.create();
  const check = new FileCheck();
  let bytes = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    hash.update(value);
    check.write(value);
    bytes += value.byteLength;
    onProgress(bytes);
  }
  return describe(check.end(), bytes, bytesToHex(hash.digest()));
}

function describe(report: FileReport, bytes: number, digest: string): FileInspection {
  const { metadata, problems, recordCounts } = report;
  return {
    kind: kindOf(report, bytes),
    bytes,
    digest,
    problems,
    records: Object.values(recordCounts).reduce((sum, count) => sum + count, 0),
    ...(metadata === undefined ? {} : { snapshotTimestamp: metadata.snapshotTimestamp }),
  };
}

function kindOf({ metadata, problems }: FileReport, bytes: number): FileKind {
  if (bytes === 0) return "empty";
  if (metadata === undefined) return "other";
  if (problems.length === 0) return "export";
  return problems.some(({ message }) => message === CUT_OFF) ? "cut_off" : "damaged";
}
