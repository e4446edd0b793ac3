import { openDatabase } from "../analysis/database";
import { serveMcp } from "../analysis/mcp/serve";
import { requireReadable } from "./failure";

export interface McpOptions {
  file: string;
  cache: boolean;
  maxRows: number;
  maxBytes: number;
  /** Seconds. */
  timeout: number;
}

/** `mcp FILE`: serves an export until the client closes standard input. */
export async function mcp(options: McpOptions, signal: AbortSignal): Promise<void> {
  const { file, cache, maxRows: rows, maxBytes: bytes, timeout } = options;
  await requireReadable(file);
  const database = await openDatabase(file, {
    isKept: cache,
    signal,
    onLoading: () => process.stderr.write(`Loading ${file} …\n`),
  });
  try {
    await serveMcp(database, { rows, bytes, ms: timeout * 1000 }, signal);
  } finally {
    await database.close();
  }
}
