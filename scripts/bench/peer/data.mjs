import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { convexToJson, getDocumentSize } from "convex/values";
import { ScriptError } from "../../lib/terminal.mjs";

/**
 * Sample data as a folder of JSON lines, which an embedded Convex with other functions can load.
 *
 * @typedef {Record<string, import("convex/values").Value>} Document
 * @typedef {Record<string, Document[]>} Tables
 */

/** Characters that are added to a document where large ones are wanted; 1 MiB is the limit. */
const LARGE_TEXT_CHARACTERS = 900_000;

/** @returns {Promise<Tables>} all tables of the sample data */
export async function createSample(/** @type {number} */ scale) {
  const { tsImport } = await import("tsx/esm/api");
  const module = /** @type {unknown} */ (
    await tsImport("../../../app/embedded/sample-data/index.ts", import.meta.url)
  );
  const { createSampleData } =
    /** @type {typeof import("../../../app/embedded/sample-data/index")} */ (module);
  return createSampleData({ scale });
}

/**
 * The same tables with a few large documents, so that their bytes reach a limit long before their
 * number does.
 *
 * @param {Tables} tables
 * @param {number} large how many documents are made large
 * @returns {Tables}
 */
export function withLargeDocuments(tables, large) {
  const narratives = (tables["incident_narratives"] ?? []).map((document, index) =>
    index < large ? { ...document, before_event: "x".repeat(LARGE_TEXT_CHARACTERS) } : document,
  );
  return { ...tables, incident_narratives: narratives };
}

/** Documents, and their bytes as Convex counts them. @param {Tables} tables */
export function measureTables(tables) {
  const documents = Object.values(tables).flat();
  const bytes = documents.reduce((sum, document) => sum + getDocumentSize(document), 0);
  return { documents: documents.length, bytes };
}

/**
 * Writes the tables, with an account that can sign in: the user with its address, or else the first
 * system administrator, gets its address and its password.
 *
 * @param {string} folder
 * @param {Tables} tables
 * @param {{ email: string, passwordHash: string }} account
 * @returns {Promise<Tables>} what was written
 */
export async function writeTables(folder, tables, { email, passwordHash }) {
  await mkdir(folder, { recursive: true });
  const users = [...(tables["users"] ?? [])];
  const user =
    users.find((candidate) => candidate["email"] === email) ??
    users.find(({ role }) => role === "system_admin");
  if (user === undefined) throw new ScriptError("The sample data has no system administrator.");
  users[users.indexOf(user)] = { ...user, email, password: passwordHash };
  const written = { ...tables, users };
  for (const [table, documents] of Object.entries(written)) {
    const lines = documents.map((document) => `${JSON.stringify(convexToJson(document))}\n`);
    await writeFile(path.join(folder, `${table}.jsonl`), lines.join(""));
  }
  return written;
}
