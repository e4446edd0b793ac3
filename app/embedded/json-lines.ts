import { createReadStream } from "node:fs";
import { refuse } from "./document-reader";

const NEWLINE = 0x0a;
/** A document is at most 1 MiB; its JSON text can be several times that, but not this (64 MiB). */
const LINE_MAX_BYTES = 64 * 1024 * 1024;

/**
 * Reads a JSONL file line by line, skipping empty ones. `readline` is no use here: it also splits
 * at U+2028, which JSON strings may contain.
 *
 * @throws EmbeddedConvexError for bytes that are not UTF-8, bad JSON or an overlong line.
 */
export async function* readJsonLines(
  file: string,
): AsyncGenerator<{ line: number; json: unknown }, void> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 0;
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  const parse = (): { line: number; json: unknown } | null => {
    line += 1;
    const bytes = Buffer.concat(pending);
    pending = [];
    pendingBytes = 0;
    let text: string;
    try {
      text = decoder.decode(bytes);
    } catch {
      return refuse({ file, line }, "it is not valid UTF-8");
    }
    if (text.trim() === "") {
      return null;
    }
    try {
      return { line, json: JSON.parse(text) as unknown };
    } catch (error) {
      return refuse({ file, line }, `bad JSON: ${error instanceof Error ? error.message : ""}`);
    }
  };
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      pending.push(chunk.subarray(from, at));
      from = at + 1;
      const parsed = parse();
      if (parsed !== null) {
        yield parsed;
      }
    }
    pending.push(chunk.subarray(from));
    pendingBytes += chunk.length - from;
    if (pendingBytes > LINE_MAX_BYTES) {
      refuse({ file, line: line + 1 }, `the line is longer than ${LINE_MAX_BYTES} bytes`);
    }
  }
  const last = pendingBytes > 0 ? parse() : null;
  if (last !== null) {
    yield last;
  }
}
