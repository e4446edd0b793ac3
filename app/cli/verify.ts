import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { checkBundle } from "../analysis/bundle-check";
import { withWholeStart } from "../analysis/export-input";
import { checkFolder, type FolderReport } from "../analysis/folder-check";
import type { FileProblem, FileReport } from "../export/document-check";
import { FileCheck } from "../export/file-check";
import {
  detectFormat,
  isFolderFormat,
  type DownloadFormat,
  type ExportFormat,
} from "../export/formats/format";
import { NdjsonCheck } from "../export/formats/ndjson-check";
import { formatBytes, formatCount } from "../lib/format";
import { EXIT, UsageError, type ExitCode } from "./failure";
import { print } from "./stdout";
import { alignColumns } from "./text";

export interface VerifyOptions {
  /** A path, or `-` for standard input. */
  file: string;
  /** Expected SHA-256, in hex or as `Repr-Digest` has it. */
  digest?: string | undefined;
  /** Whether a reference to a document that the file lacks is a problem. */
  strictReferences: boolean;
  json: boolean;
}

interface Read {
  report: FileReport;
  format: ExportFormat | "folder";
  /** SHA-256 of the file, hex; a folder has none. */
  digest?: string;
  /** Of a folder: the JSON file that it was made from. */
  madeFrom?: FolderReport["madeFrom"];
}

/** With what the contents were compared, beside structure and counts. */
type Compared = "digest" | "seal" | "nothing";

interface Verification extends FileReport, Omit<Read, "report"> {
  isComplete: boolean;
  comparedWith: Compared;
}

/** `verify FILE`: whether a file is a complete export, and the one with a known digest. */
export async function verify(options: VerifyOptions): Promise<ExitCode> {
  const expected = options.digest === undefined ? undefined : readDigest(options.digest);
  const isFolder = options.file !== "-" && (await isDirectory(options.file));
  if (isFolder && options.strictReferences) {
    throw new UsageError("--strict-references is for a file: a folder has its table files only.");
  }
  const { report, format, digest, madeFrom } = await (isFolder ? readFolder : readFile)(
    options.file,
  );
  const known = digest ?? madeFrom?.sha256;
  if (expected !== undefined && expected !== known) {
    const what = isFolder ? "the SHA-256 of the JSON that it was made from" : "the SHA-256";
    const message = `${what} is ${known ?? "unknown"}, not ${expected}`;
    report.problems.unshift({ line: 0, message });
  }
  if (options.strictReferences) {
    for (const [relation, count] of Object.entries(report.danglingReferences)) {
      const message = `${relation}: ${formatCount(count)} ids of documents that are not here`;
      report.problems.push({ line: 0, message });
    }
  }
  const isComplete = report.problems.length === 0;
  const verification: Verification = {
    isComplete,
    comparedWith: comparedWith(format, expected !== undefined),
    format,
    ...(digest !== undefined && { digest }),
    ...(madeFrom && { madeFrom }),
    ...report,
  };
  await print(options.json ? `${JSON.stringify(verification)}\n` : describe(verification));
  return isComplete ? EXIT.done : EXIT.integrity;
}

/** A folder's `--digest` is that of another file: its own files are compared with its manifest. */
function comparedWith(format: Read["format"], isDigestGiven: boolean): Compared {
  if (format === "json") return isDigestGiven ? "digest" : "nothing";
  const isFile = format === "ndjson" || format === "zip";
  return isDigestGiven && isFile ? "digest" : "seal";
}

async function isDirectory(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isDirectory() === true;
}

async function readFolder(folder: string): Promise<Read> {
  try {
    const { format = "folder", madeFrom, ...report } = await checkFolder(folder);
    return { report, format, ...(madeFrom && { madeFrom }) };
  } catch (error) {
    throw unreadable(folder, error);
  }
}

/** What is not recognised is read as JSON, which says what is wrong with it. */
async function readFile(file: string): Promise<Read> {
  const hash = createHash("sha256");
  const stream = file === "-" ? process.stdin : createReadStream(file);
  let format: DownloadFormat | undefined;
  let check: FileCheck | NdjsonCheck | undefined;
  try {
    for await (const chunk of withWholeStart(stream as AsyncIterable<Buffer>)) {
      if (format === undefined) {
        format = detectFormat(chunk) ?? "json";
        if (format === "ndjson") check = new NdjsonCheck(createHash("sha256"));
        else if (format === "json") check = new FileCheck();
        else if (file === "-") {
          throw new UsageError("A bundle is read from its end: save it, and name the file.");
        }
      }
      hash.update(chunk);
      check?.write(chunk);
    }
    const report = format === "zip" ? await checkBundle(file) : (check ?? new FileCheck()).end();
    return { report, format: format ?? "json", digest: hash.digest("hex") };
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** The system's error as one that names the file; others are no fault of the file. */
function unreadable(file: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined || error instanceof UsageError) return error;
  return new UsageError(`${file} cannot be read (${code}).`);
}

const HEX = /^[\da-f]{64}$/i;
/** RFC 9530, as the download's header has it. */
const REPR_DIGEST = /^(?:sha-256=)?:([A-Za-z\d+/]{43}=):$/;

function readDigest(given: string): string {
  if (HEX.test(given)) return given.toLowerCase();
  const [, base64] = REPR_DIGEST.exec(given) ?? [];
  if (base64 !== undefined) return Buffer.from(base64, "base64").toString("hex");
  throw new UsageError("--digest takes a SHA-256: 64 hexadecimal digits, or sha-256=:base64:.");
}

const FORMATS: Record<Read["format"], string> = {
  json: "JSON",
  ndjson: "NDJSON",
  zip: "bundle (ZIP)",
  parquet: "folder of Parquet",
  csv: "folder of CSV",
  folder: "folder",
};

function describe(verification: Verification): string {
  const { metadata, recordCounts, bytes, digest, madeFrom, problems, isComplete } = verification;
  const facts = [
    ["format", FORMATS[verification.format]],
    ["size", formatBytes(bytes)],
    ...(digest === undefined ? [] : [["SHA-256", digest]]),
    ...(madeFrom === undefined ? [] : [["made from", `JSON with SHA-256 ${madeFrom.sha256}`]]),
  ];
  if (metadata !== undefined) {
    facts.push(
      ["snapshot", `${metadata.snapshotTimestamp} (${metadata.consistency})`],
      ["profile", metadata.sanitization.profile ?? "redacted"],
    );
  }
  const dangling = Object.entries(verification.danglingReferences).map(
    ([relation, count]) => `  ${relation}: ${formatCount(count)} not found`,
  );
  const lines = [
    ...facts.map(([name = "", value]) => `${name.padEnd(11)}${value}`),
    "",
    alignColumns([
      ["table", "records"],
      ...Object.entries(recordCounts).map(([name, count]) => [name, formatCount(count)]),
    ]),
    "",
  ];
  if (dangling.length > 0) {
    lines.push("References to documents that the file does not have, and the database may lack:");
    lines.push(...dangling, "");
  }
  lines.push(
    ...(isComplete
      ? verdictLines(verification)
      : [`The ${nounOf(verification)} is not a complete export:`]),
    ...problems.map((problem) => `  ${placeOf(problem)}${problem.message}`),
    "",
  );
  return lines.join("\n");
}

function nounOf({ format }: Verification): string {
  return isFolderFormat(format) || format === "folder" ? "folder" : "file";
}

/** Says no more than was looked at: nothing in JSON tells whether a text in it was changed. */
function verdictLines(verification: Verification): string[] {
  const noun = nounOf(verification);
  switch (verification.comparedWith) {
    case "digest":
      return ["The file is a complete export, and the one with this SHA-256."];
    case "seal":
      return [
        `The ${noun} is a complete export, and has the contents whose SHA-256 it names itself.`,
      ];
    case "nothing":
      return [
        "The file has the structure and the counts of a complete export. Its contents were compared",
        "with nothing: JSON names no SHA-256 of its own. Give the one that is on record with --digest.",
      ];
  }
}

function placeOf({ path, line }: FileProblem): string {
  const place = [path, line === 0 ? undefined : `line ${line}`].filter(
    (part) => part !== undefined,
  );
  return place.length === 0 ? "" : `${place.join(", ")}: `;
}
