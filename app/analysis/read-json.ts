import { DATA, parseHead, TABLE, TABLE_END } from "../export/file-check";
import {
  fileMetadataSchema,
  LARGEST_METADATA_BYTES,
  type FileMetadata,
} from "../export/file-schema";
import { AnalysisError } from "./errors";
import type { DocumentBatch } from "./export-input";
import { lineBatches } from "./line-batches";

const COMMA = 0x2c;
const SPACE = 0x20;

/** The documents of a JSON export, by its layout: a document per line. */
export async function readJson(
  pieces: AsyncIterable<Buffer>,
): Promise<{ metadata: FileMetadata; batches: AsyncGenerator<DocumentBatch, void> }> {
  const lines = lineBatches(pieces);
  const head: string[] = [];
  let headBytes = 0;
  for (;;) {
    const next = await lines.next();
    if (next.done === true) throw unknownLayout();
    const at = next.value.findIndex((line) => line.toString("utf8") === DATA);
    const own = at === -1 ? next.value : next.value.slice(0, at);
    for (const line of own) {
      head.push(`${line.toString("utf8")}\n`);
      headBytes += line.byteLength + 1;
    }
    if (headBytes > LARGEST_METADATA_BYTES) throw unknownLayout();
    if (at === -1) continue;
    const parsed = fileMetadataSchema.safeParse(parseHead(head.join("")));
    if (!parsed.success) throw unknownLayout();
    return { metadata: parsed.data, batches: readTables(next.value.slice(at + 1), lines) };
  }
}

async function* readTables(
  first: Buffer[],
  rest: AsyncGenerator<Buffer[], void>,
): AsyncGenerator<DocumentBatch, void> {
  let table: string | undefined;
  let isAtEnd = false;
  const batchesOf = function* (lines: Buffer[]): Generator<DocumentBatch, void> {
    let documents: Buffer[] = [];
    for (const line of lines) {
      if (line[0] !== SPACE) {
        if (line.toString("utf8") === "}" && table === undefined) isAtEnd = true;
        else if (table === undefined) throw unknownLayout();
        else documents.push(line.at(-1) === COMMA ? line.subarray(0, -1) : line);
        continue;
      }
      if (table !== undefined && documents.length > 0) yield { table, documents };
      documents = [];
      table = tableAfter(line.toString("utf8"));
    }
    if (table !== undefined && documents.length > 0) yield { table, documents };
  };
  yield* batchesOf(first);
  for await (const lines of rest) yield* batchesOf(lines);
  if (!isAtEnd) throw new AnalysisError("integrity", "The file is cut off.");
}

/** The table whose documents follow a line of the layout, if any do. */
function tableAfter(line: string): string | undefined {
  const [, name, isEmpty] = TABLE.exec(line) ?? [];
  if (name !== undefined) return isEmpty === undefined ? name : undefined;
  if (TABLE_END.test(line) || line === "  }") return undefined;
  throw unknownLayout();
}

function unknownLayout(): AnalysisError {
  return new AnalysisError(
    "usage",
    "This is not an export as it was written: a file that was formatted anew cannot be read.",
  );
}
