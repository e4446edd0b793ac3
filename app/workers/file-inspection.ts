import { FileCheck } from "../export/file-check";
import { detectFormat, START_BYTES } from "../export/formats/format";
import { NdjsonCheck } from "../export/formats/ndjson-check";
import { describeReport, newSha256, piecesOf, type FileInspection } from "./inspection";

/** Told how many bytes of the file were read. */
export type OnProgress = (bytes: number) => void;

/**
 * Reads a file from start to end: its SHA-256 and its structure. Of its content it keeps the ids
 * alone, so the file may have any size. What is not recognised is read as JSON, which says what is
 * wrong with it.
 */
export async function inspectFile(file: Blob, onProgress: OnProgress): Promise<FileInspection> {
  const start = await file.slice(0, START_BYTES).arrayBuffer();
  const format = detectFormat(new Uint8Array(start));
  if (format === "zip") {
    // What unpacks an archive is loaded for archives only.
    const { inspectBundle } = await import("./bundle-inspection");
    return await inspectBundle(file, onProgress);
  }
  const hash = newSha256();
  const check = format === "ndjson" ? new NdjsonCheck(newSha256()) : new FileCheck();
  let bytes = 0;
  for await (const piece of piecesOf(file.stream())) {
    hash.update(piece);
    check.write(piece);
    bytes += piece.byteLength;
    onProgress(bytes);
  }
  const described = describeReport(check.end());
  return {
    ...described,
    ...(format === undefined ? {} : { format }),
    kind: bytes === 0 ? "empty" : described.kind,
    bytes,
    digest: hash.digest("hex"),
  };
}
