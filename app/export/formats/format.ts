/** The formats that a download may have: one file each, complete before its first byte. */
export const DOWNLOAD_FORMATS = ["json", "ndjson", "zip"] as const;

/** The formats that the command line makes of a JSON export: a folder with a file per table. */
export const FOLDER_FORMATS = ["parquet", "csv"] as const;

export type DownloadFormat = (typeof DOWNLOAD_FORMATS)[number];
export type FolderFormat = (typeof FOLDER_FORMATS)[number];
export type ExportFormat = DownloadFormat | FolderFormat;

export function isFolderFormat(format: string): format is FolderFormat {
  return FOLDER_FORMATS.some((each) => each === format);
}

/** The formats in words, e.g. for an error. */
export function listFormats(formats: readonly string[]): string {
  return `${formats.slice(0, -1).join(", ")} or ${formats.at(-1) ?? ""}`;
}

/** As many as `detectFormat` needs, and some more. */
export const START_BYTES = 32;

/** Which format a file has, by its first bytes. */
export function detectFormat(start: Uint8Array): DownloadFormat | undefined {
  const text = String.fromCharCode(...start.subarray(0, START_BYTES));
  if (text.startsWith("PK\u0003\u0004")) return "zip";
  if (text.startsWith('{"metadata":')) return "ndjson";
  return text.startsWith('{\n  "metadata":') ? "json" : undefined;
}

const MEDIA_TYPES: Record<DownloadFormat, string> = {
  json: "application/json; charset=utf-8",
  ndjson: "application/x-ndjson; charset=utf-8",
  zip: "application/zip",
};

/** What `Content-Type` says of a download. */
export function mediaTypeOf(format: ExportFormat): string {
  return MEDIA_TYPES[isFolderFormat(format) ? "json" : format];
}

/** Whether another compression would make a download smaller. */
export function isCompressible(format: ExportFormat): boolean {
  return format !== "zip";
}

/** `supportsignal-db-export-YYYY-MM-DD-HHmm` in UTC, with `.json`, `.zip`, … or `-parquet`, `-csv`. */
export function exportFileName(date: Date, format: ExportFormat = "json"): string {
  const [day, time] = date.toISOString().split("T");
  const end = isFolderFormat(format) ? `-${format}` : `.${format}`;
  return `supportsignal-db-export-${day}-${time?.slice(0, 5).replace(":", "")}${end}`;
}
