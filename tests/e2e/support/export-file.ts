import { createHash } from "node:crypto";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { convexToJson } from "convex/values";
import type { Value } from "convex/values";
import { createSampleData } from "~/embedded/sample-data";
import { exportFileSchema } from "~/export/file-schema";
import type { ExportFileContent } from "~/export/file-schema";

/** `supportsignal-db-export-YYYY-MM-DD-HHmm.json`. */
export const FILE_NAME = /^supportsignal-db-export-\d{4}-\d\d-\d\d-\d{4}\.json$/;

export type JsonDocument = Record<string, unknown> & { _id: string; _creationTime: number };

/** Reads an export. @throws Error where it is not JSON of the approved structure. */
export function readExport(bytes: Buffer): ExportFileContent {
  return exportFileSchema.parse(JSON.parse(bytes.toString("utf8")));
}

/** What the published JSON Schema has against a file; empty where it is valid. */
export function schemaErrors(jsonSchema: object, file: unknown): string[] {
  const ajv = addFormats(new Ajv2020({ allErrors: true, strict: false }));
  const validate = ajv.compile(jsonSchema);
  validate(file);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Value of `Repr-Digest` for a body. */
export function reprDigest(bytes: Buffer): string {
  return `sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`;
}

/** The minutes, in the UTC of a file's name, that lie between two moments. */
export function fileNamesBetween(fromMs: number, toMs: number): string[] {
  const names = [fromMs, toMs].map((ms) => {
    const [day = "", time = ""] = new Date(ms).toISOString().split("T");
    return `supportsignal-db-export-${day}-${time.slice(0, 5).replace(":", "")}.json`;
  });
  return [...new Set(names)];
}

/** The sample data in Convex's JSON: what is in the database that the portal exports. */
export function sampleDocuments(): Record<string, JsonDocument[]> {
  return Object.fromEntries(
    Object.entries(createSampleData({ scale: 1 })).map(([table, documents]) => [
      table,
      documents.map((document) => convexToJson(document as Value) as JsonDocument),
    ]),
  );
}

/** `table.field` to the table whose ids are in it, found by looking at the documents. */
export function findRelations(data: Record<string, JsonDocument[]>): Record<string, string> {
  const tableOf = new Map(
    Object.entries(data).flatMap(([table, documents]) =>
      documents.map(({ _id }) => [_id, table] as const),
    ),
  );
  const relations: Record<string, string> = {};
  for (const [table, documents] of Object.entries(data)) {
    for (const document of documents) {
      for (const [field, value] of Object.entries(document)) {
        const target = field === "_id" ? undefined : tableOf.get(value as string);
        if (target !== undefined) relations[`${table}.${field}`] = target;
      }
    }
  }
  return relations;
}

/** `table.field: id` of every reference of a file that leads nowhere. */
export function danglingReferences({ metadata, data }: ExportFileContent): string[] {
  return Object.entries(metadata.relations).flatMap(([path, target]) => {
    const [table = "", field = ""] = path.split(".");
    const ids = new Set((data[target] ?? []).map(({ _id }) => _id));
    return (data[table] ?? []).flatMap((document) => {
      const id = document[field];
      return typeof id === "string" && !ids.has(id) ? [`${path}: ${id}`] : [];
    });
  });
}

/** Tables whose documents are not in `_creationTime`, `_id` order. */
export function unorderedTables(data: ExportFileContent["data"]): string[] {
  return Object.entries(data).flatMap(([table, documents]) =>
    documents.every((document, index) => {
      const previous = documents[index - 1];
      if (previous === undefined || previous._creationTime < document._creationTime) return true;
      return previous._creationTime === document._creationTime && previous._id < document._id;
    })
      ? []
      : [table],
  );
}
