import { z } from "zod";
import { fileMetadataSchema, type FileMetadata } from "../file-schema";

/** What seals a format of several files or lines: `manifest.json`, and the last line of NDJSON. */

const count = z.int().nonnegative();
const sha256 = z
  .string()
  .regex(/^[\da-f]{64}$/)
  .describe("SHA-256, hex");

const manifestFileSchema = z.looseObject({
  path: z.string(),
  table: z.string().optional().describe("Whose documents it holds"),
  records: count.optional().describe("Documents in it"),
  bytes: count,
  sha256,
});

export const manifestSchema = z.looseObject({
  format: z.literal("supportsignal-database-export"),
  version: z.literal("1.0"),
  madeFrom: z
    .looseObject({ bytes: count, sha256 })
    .optional()
    .describe("The JSON file that a folder was made from"),
  metadata: fileMetadataSchema.describe("The metadata of the JSON format, whole"),
  files: z.array(manifestFileSchema).describe("All other files, in the order of the archive"),
});

export type ManifestFile = z.infer<typeof manifestFileSchema>;
export type Manifest = z.infer<typeof manifestSchema>;

export const MANIFEST_FORMAT = "supportsignal-database-export";

/** The last line of NDJSON: a file that ends on another one was cut off. */
export const completenessSchema = z.looseObject({
  complete: z.looseObject({
    records: count.describe("Documents before this line"),
    bytes: count.describe("Bytes before this line"),
    sha256: sha256.describe("SHA-256 of the bytes before this line, hex"),
    tables: z.record(z.string(), z.looseObject({ records: count })),
  }),
});

export type Completeness = z.infer<typeof completenessSchema>;

/** Whether the last line counts the documents that the first one does. */
export function isCountedAs(
  { records, tables }: Completeness["complete"],
  { recordCounts, totalRecords }: Pick<FileMetadata, "recordCounts" | "totalRecords">,
): boolean {
  const names = new Set([...Object.keys(tables), ...Object.keys(recordCounts)]);
  return (
    records === totalRecords &&
    [...names].every((name) => tables[name]?.records === recordCounts[name])
  );
}
