import { randomBytes } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { chmod, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { DuckDBInstance } from "@duckdb/node-api";
import { z } from "zod";
import { fileMetadataSchema, type FileMetadata } from "../export/file-schema";
import { manifestSchema, type Manifest } from "../export/formats/manifest";
import {
  schemaDescriptionSchema,
  type SchemaDescription,
} from "../export/formats/schema-description";
import { openDuckDb } from "./duckdb";
import { AnalysisError } from "./errors";
import { openExport, requireFile } from "./export-input";
import { loadTables } from "./load";
import { makeScratch } from "./scratch";

/**
 * Raised when a database of an earlier version must not be used. 2: NDJSON and bundles are compared with
 * their digests.
 */
const LOAD_VERSION = 2;

/** What the origin of every version has; the rest of it may change. */
const versionSchema = z.object({ source: z.object({ version: z.int() }) });

const originSchema = z.object({
  /** Of the export, when it was loaded: any change makes it another file. */
  source: z.object({
    version: z.literal(LOAD_VERSION),
    size: z.string(),
    modified: z.string(),
    changed: z.string(),
    inode: z.string(),
  }),
  metadata: fileMetadataSchema,
  manifest: manifestSchema.optional(),
  schema: schemaDescriptionSchema,
});

type Origin = z.infer<typeof originSchema>;

export interface DatabaseOptions {
  /** Whether the loaded tables are kept beside the file. */
  isKept: boolean;
  signal: AbortSignal;
  /** Told before the file is loaded, which takes a while. */
  onLoading?: () => void;
}

/** An export as a read-only DuckDB database. Close it. */
export interface ExportDatabase {
  instance: DuckDBInstance;
  metadata: FileMetadata;
  /** Of a bundle only. */
  manifest?: Manifest;
  schema: SchemaDescription;
  close(): Promise<void>;
  /** Removes what is on the disk for it alone, where the process has to end at once. */
  abandon(): void;
}

/** Where the loaded tables of an export are kept. */
export function databasePath(file: string): string {
  return `${path.resolve(file)}.duckdb`;
}

/**
 * Opens an export for queries. The first time it is loaded into a database file beside it, readable
 * for its owner only; after that it opens at once, until the export changes.
 * @throws AnalysisError where it is no complete export, or a file is in the way
 */
export async function openDatabase(
  file: string,
  { isKept, signal, onLoading }: DatabaseOptions,
): Promise<ExportDatabase> {
  await requireFile(file);
  const source = await describeSource(file);
  const scratch = await makeScratch("query");
  try {
    const kept = databasePath(file);
    if (isKept && existsSync(kept)) {
      const opened = await openLoaded(kept, scratch);
      if (opened && isDeepStrictEqual(opened.origin.source, source)) return opened.database;
      opened?.database.instance.closeSync();
    }
    onLoading?.();
    const target = isKept ? kept : path.join(scratch, "export.duckdb");
    await load(file, source, target, signal);
    const loaded = await openLoaded(target, scratch);
    if (loaded === undefined) throw new Error("what was just loaded is of another version");
    return loaded.database;
  } catch (error) {
    await rm(scratch, { recursive: true, force: true });
    throw error;
  }
}

/** Removes what is kept of an export, and what a killed process left. @returns what was there */
export async function forgetDatabase(file: string): Promise<string[]> {
  const folder = path.dirname(databasePath(file));
  const names = await readdir(folder);
  const own = names.filter(
    (name) => name === path.basename(databasePath(file)) || name.startsWith(scratchPrefix(file)),
  );
  const paths = own.map((name) => path.join(folder, name));
  for (const each of paths) await rm(each, { recursive: true });
  return paths;
}

function scratchPrefix(file: string): string {
  return `.${path.basename(databasePath(file))}.loading-`;
}

async function describeSource(file: string): Promise<Origin["source"]> {
  const { size, mtimeNs, ctimeNs, ino } = await stat(file, { bigint: true });
  return {
    version: LOAD_VERSION,
    size: String(size),
    modified: String(mtimeNs),
    changed: String(ctimeNs),
    inode: String(ino),
  };
}

/** Loads into a folder beside the target, which gets its name when all is there. */
async function load(
  file: string,
  source: Origin["source"],
  target: string,
  signal: AbortSignal,
): Promise<void> {
  const folder = path.join(
    path.dirname(target),
    `${scratchPrefix(file)}${randomBytes(6).toString("hex")}`,
  );
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw new AnalysisError(
      "usage",
      `The loaded tables cannot be kept beside ${file} (${String(error.code)}): add --no-cache.`,
    );
  });
  try {
    const unfinished = path.join(folder, "export.duckdb");
    const instance = await openDuckDb(unfinished, { spillDirectory: folder, isReadOnly: false });
    try {
      await chmod(unfinished, 0o600);
      const connection = await instance.connect();
      const input = await openExport(file);
      try {
        const schema = await loadTables(connection, input, folder, signal);
        const { metadata, manifest } = input;
        const origin: Origin = { source, metadata, schema, ...(manifest && { manifest }) };
        await connection.run("CREATE SCHEMA supportsignal");
        await connection.run("CREATE TABLE supportsignal.origin AS SELECT $1 AS origin", [
          JSON.stringify(origin),
        ]);
        await connection.run("CHECKPOINT");
      } finally {
        input.close();
        connection.closeSync();
      }
    } finally {
      instance.closeSync();
    }
    await rename(unfinished, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns undefined where another version loaded it */
async function openLoaded(
  file: string,
  scratch: string,
): Promise<{ origin: Origin; database: ExportDatabase } | undefined> {
  const taken = new AnalysisError(
    "usage",
    `${file} is in the way: it holds no loaded export. Move it, or add --no-cache.`,
  );
  const instance = await openDuckDb(file, { spillDirectory: scratch, isReadOnly: true }).catch(
    () => {
      throw taken;
    },
  );
  try {
    const connection = await instance.connect();
    const rows = await connection
      .runAndReadAll("SELECT origin FROM supportsignal.origin")
      .catch(() => {
        throw taken;
      });
    connection.closeSync();
    const kept = parse(String(rows.getRows()[0]?.[0]));
    const version = versionSchema.safeParse(kept);
    if (!version.success) throw taken;
    if (version.data.source.version !== LOAD_VERSION) {
      instance.closeSync();
      return undefined;
    }
    const origin = originSchema.safeParse(kept);
    if (!origin.success) throw taken;
    const { metadata, manifest, schema } = origin.data;
    const close = async () => {
      instance.closeSync();
      await rm(scratch, { recursive: true, force: true });
    };
    const abandon = () => rmSync(scratch, { recursive: true, force: true });
    return {
      origin: origin.data,
      database: { instance, metadata, schema, close, abandon, ...(manifest && { manifest }) },
    };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
