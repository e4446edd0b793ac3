import { z } from "zod";

/**
 * The exported file, version 1.0. Keys may be added, none changed. The JSON Schema at
 * `/schemas/database-export-1.0.json` is made from this.
 */

export const FILE_VERSION = "1.0";

/**
 * More than the metadata takes in any format: names and counts, and in a segment up to 500,000 ids of
 * what is there by reference (`segment-documents.ts`), each on a line of its own.
 */
export const LARGEST_METADATA_BYTES = 32 * 1024 * 1024;

const count = z.int().nonnegative();
const counts = z.record(z.string(), count);
const isoDate = z.iso.datetime();

export const fileMetadataSchema = z
  .looseObject({
    exportedAt: isoDate.describe("When the file was made, UTC"),
    exportType: z
      .enum(["full", "segmented"])
      .describe("full: all exported tables; segmented: a part of them, see filtersApplied"),
    version: z.literal(FILE_VERSION).describe("Version of this structure"),
    recordCounts: counts.describe("Documents per table, in the order of data"),
    totalRecords: count.describe("Sum of recordCounts"),
    snapshotTimestamp: isoDate.describe(
      "The moment whose state the file holds: every table as of this timestamp, UTC; in a rolling export, when reading began",
    ),
    consistency: z
      .enum(["snapshot", "rolling"])
      .describe(
        "snapshot: all tables were read at one timestamp; rolling: no snapshot, each part is as of some moment between snapshotTimestamp and readUntil",
      ),
    readUntil: isoDate.optional().describe("In a rolling export, the timestamp of the last read"),
    exportedBy: z.string().describe("Id of the user, or the name given by the command line"),
    filtersApplied: z
      .looseObject({
        company: z.array(z.string()).optional().describe("Ids of companies"),
        site: z.array(z.string()).optional().describe("Ids of sites"),
        participant: z.array(z.string()).optional().describe("Ids of participants"),
        from: isoDate.optional().describe("Incidents and activity from this moment on"),
        to: isoDate.optional().describe("Incidents and activity before this moment"),
        tables: z.array(z.string()).optional(),
        includedByReference: z
          .record(z.string(), z.array(z.string()))
          .optional()
          .describe(
            "Ids per table of documents that no filter selected: they are here because another one refers to them",
          ),
      })
      .describe("What the export was narrowed to; empty for a full export"),
    relations: z
      .record(z.string(), z.string())
      .describe("table.field to the table that the ids in it belong to"),
    sanitization: z.looseObject({
      policyVersion: z.string(),
      excludedTables: z.array(z.string()).describe("Tables that are left out"),
      excludedFields: z.array(z.string()).describe("table.field that never leaves the database"),
      redactedFields: z
        .array(z.string())
        .describe("table.field that is fingerprinted (credentials) or searched (any)"),
      profile: z
        .enum(["redacted", "pseudonymised"])
        .optional()
        .describe(
          "redacted: without credentials; pseudonymised: and people replaced by pseudonyms; redacted where absent",
        ),
      redactions: counts.describe("How many values were redacted, per table.field"),
      withheld: counts.describe("Values of fields that the policy does not know, per table.field"),
      pseudonymised: counts
        .optional()
        .describe("How often people were replaced, per table.field; with profile pseudonymised"),
    }),
  })
  .describe("What the file holds, ahead of the data");

const exportedDocument = z
  .looseObject({
    _id: z.string(),
    _creationTime: z.number().describe("Milliseconds since the epoch, with a fraction"),
  })
  .describe(
    "A document in Convex's JSON. Values that JSON lacks are tagged: {$integer} and {$float} hold base64 of 8 little-endian bytes, {$bytes} base64",
  );

export const exportFileSchema = z.strictObject({
  metadata: fileMetadataSchema,
  data: z
    .record(z.string(), z.array(exportedDocument))
    .describe("Documents per table, in _creationTime, _id order"),
});

export type FiltersApplied = z.infer<typeof fileMetadataSchema>["filtersApplied"];
export type FileMetadata = z.infer<typeof fileMetadataSchema>;
export type ExportFileContent = z.infer<typeof exportFileSchema>;

/** The published JSON Schema (draft 2020-12) of the file. */
export function exportFileJsonSchema(id: string): object {
  return {
    ...z.toJSONSchema(exportFileSchema, { target: "draft-2020-12" }),
    $id: id,
    title: "SupportSignal database export",
  };
}
