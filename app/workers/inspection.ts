import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { CUT_OFF, type FileProblem, type FileReport } from "../export/document-check";
import type { DownloadFormat } from "../export/formats/format";
import type { RunningSha256 } from "../export/running-hash";

/**
 * - `export`: complete, as far as a file can say so of itself.
 * - `cut_off`: begins as an export, and ends too early.
 * - `damaged`: begins as an export, and breaks its own rules.
 * - `other`: no export of this portal.
 */
export type FileKind = "export" | "cut_off" | "damaged" | "other" | "empty";

/** What is known of a file after reading it. */
export interface FileInspection {
  kind: FileKind;
  /** By its first bytes; absent where they are those of no format. */
  format?: DownloadFormat;
  bytes: number;
  /** SHA-256, hex in lower case. */
  digest: string;
  problems: FileProblem[];
  /** Documents found. */
  records: number;
  /** ISO date-time; absent where the head of the file could not be read. */
  snapshotTimestamp?: string;
}

/** What a check has found, in the page's terms. */
export function describeReport(report: Omit<FileReport, "bytes">) {
  const { metadata, problems, recordCounts } = report;
  return {
    kind: kindOf(report),
    problems,
    records: Object.values(recordCounts).reduce((sum, count) => sum + count, 0),
    ...(metadata === undefined ? {} : { snapshotTimestamp: metadata.snapshotTimestamp }),
  };
}

function kindOf({ metadata, problems }: Omit<FileReport, "bytes">): FileKind {
  if (metadata === undefined) return "other";
  if (problems.length === 0) return "export";
  return problems.some(({ message }) => message.startsWith(CUT_OFF)) ? "cut_off" : "damaged";
}

/** A browser's own SHA-256 takes whole files only. */
export function newSha256(): RunningSha256 {
  const hash = sha256.create();
  return {
    update: (bytes) => hash.update(bytes),
    digest: () => bytesToHex(hash.digest()),
  };
}

/** What a stream delivers. Not all browsers can go through one with `for await`. */
export async function* piecesOf(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Of no effect at the end. Before it, whoever fills the stream learns that nobody reads on.
    reader.cancel().catch(() => undefined);
  }
}
