import { createHash } from "node:crypto";
import type { FileMetadata } from "../file-schema";
import { sum } from "../plan";
import { relayLines } from "./lines";
import type { Completeness } from "./manifest";
import type { TableSlices } from "./written-file";

/**
 * The lines of the format `ndjson`: the metadata, each document with its table, and a last line that
 * says that nothing is missing before it.
 */
export async function* ndjsonPieces(
  metadata: FileMetadata,
  tables: readonly TableSlices[],
): AsyncGenerator<Buffer, void> {
  const hash = createHash("sha256");
  let bytes = 0;
  const seen = (piece: Buffer): Buffer => {
    hash.update(piece);
    bytes += piece.byteLength;
    return piece;
  };
  yield seen(Buffer.from(`${JSON.stringify({ metadata })}\n`));
  for (const { name, slices } of tables) {
    const before = Buffer.from(lineStart(name));
    for await (const piece of relayLines(slices, { before, after: LINE_END })) yield seen(piece);
  }
  const complete: Completeness = {
    complete: {
      records: sum(tables.map(({ records }) => records)),
      bytes,
      sha256: hash.digest("hex"),
      tables: Object.fromEntries(tables.map(({ name, records }) => [name, { records }])),
    },
  };
  yield Buffer.from(`${JSON.stringify(complete)}\n`);
}

const LINE_END = Buffer.from("}");

/** How the line of a document of a table begins. */
export function lineStart(table: string): string {
  return `{"table":${JSON.stringify(table)},"document":`;
}
