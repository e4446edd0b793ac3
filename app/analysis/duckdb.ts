import { availableParallelism } from "node:os";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { quoteText } from "../export/formats/load-sql";

/** Memory that DuckDB may use. With Node's own it stays below 1 GB. */
const MEMORY_LIMIT = "512MB";

/** What a query may put on the disk where its memory is not enough. */
const SPILL_LIMIT = "4GB";

/** More threads need more memory each, and an export is not that large. */
const MOST_THREADS = 4;

export interface OpenOptions {
  /** Where DuckDB spills to: a folder of our own, for its owner only. */
  spillDirectory: string;
  isReadOnly: boolean;
}

/**
 * Opens a database file. Nothing is installed or loaded from elsewhere. A read-only one can reach no
 * file and no network beside its own, and its settings are locked.
 */
export async function openDuckDb(
  file: string,
  { spillDirectory, isReadOnly }: OpenOptions,
): Promise<DuckDBInstance> {
  const threads = String(Math.min(MOST_THREADS, availableParallelism()));
  const instance = await DuckDBInstance.create(file, {
    threads,
    memory_limit: MEMORY_LIMIT,
    ...(isReadOnly ? { access_mode: "READ_ONLY" } : {}),
  });
  const connection = await instance.connect();
  try {
    await runAll(connection, [
      `SET temp_directory = ${quoteText(spillDirectory)}`,
      `SET max_temp_directory_size = ${quoteText(SPILL_LIMIT)}`,
      "SET autoinstall_known_extensions = false",
      "SET autoload_known_extensions = false",
      "SET allow_community_extensions = false",
      "SET allow_persistent_secrets = false",
      ...(isReadOnly
        ? ["SET enable_external_access = false", "SET lock_configuration = true"]
        : []),
    ]);
    return instance;
  } catch (error) {
    instance.closeSync();
    throw error;
  } finally {
    connection.closeSync();
  }
}

/** Runs statements of our own, one after the other. */
export async function runAll(
  connection: DuckDBConnection,
  statements: readonly string[],
): Promise<void> {
  for (const statement of statements) await connection.run(statement);
}
