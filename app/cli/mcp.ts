import { openDatabase } from "../analysis/database";
import { serveMcp } from "../analysis/mcp/serve";
import { endAtOnce, requireReadable } from "./failure";

export interface McpOptions {
  file: string;
  cache: boolean;
  maxRows: number;
  maxBytes: number;
  /** Seconds. */
  timeout: number;
}

/** So long the client has to get the answer to a query that ends the process, in ms. */
const ANSWER_MS = 100;

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
    const limits = { rows, bytes, ms: timeout * 1000 };
    await serveMcp(database, limits, signal, (error) => {
      setTimeout(() => endAtOnce(database, error), ANSWER_MS);
    });
  } finally {
    await database.close();
  }
}
