import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { FileCheck, type FileReport } from "../export/file-check";
import { formatBytes, formatCount } from "../lib/format";
import { EXIT, UsageError, type ExitCode } from "./failure";
import { alignColumns } from "./text";

export interface VerifyOptions {
  /** A path, or `-` for standard input. */
  file: string;
  /** Expected SHA-256, in hex or as `Repr-Digest` has it. */
  digest?: string | undefined;
  json: boolean;
}

interface Verification extends FileReport {
  /** SHA-256 of the file, hex. */
  digest: string;
  isComplete: boolean;
}

/** `verify FILE`: whether a file is a complete export, and the one with a known digest. */
export async function verify(options: VerifyOptions): Promise<ExitCode> {
  const expected = options.digest === undefined ? undefined : readDigest(options.digest);
  const { report, digest } = await readFile(options.file);
  if (expected !== undefined && expected !== digest) {
    report.problems.unshift({ line: 0, message: `the SHA-256 is ${digest}, not ${expected}` });
  }
  const isComplete = report.problems.length === 0;
  const verification: Verification = { isComplete, digest, ...report };
  process.stdout.write(options.json ? `${JSON.stringify(verification)}\n` : describe(verification));
  return isComplete ? EXIT.done : EXIT.integrity;
}

async function readFile(file: string): Promise<{ report: FileReport; digest: string }> {
  const check = new FileCheck();
  const hash = createHash("sha256");
  const stream = file === "-" ? process.stdin : createReadStream(file);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      hash.update(chunk);
      check.write(chunk);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error; // no fault of the file
    throw new UsageError(`${file} cannot be read (${code}).`);
  }
  return { report: check.end(), digest: hash.digest("hex") };
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

function describe(verification: Verification): string {
  const { metadata, recordCounts, bytes, digest, problems, isComplete } = verification;
  const facts = [
    ["size", formatBytes(bytes)],
    ["SHA-256", digest],
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
    ...facts.map(([name = "", value]) => `${name.padEnd(10)}${value}`),
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
    isComplete ? "The file is a complete export." : "The file is not a complete export:",
    ...problems.map(({ line, message }) => `  ${line === 0 ? "" : `line ${line}: `}${message}`),
    "",
  );
  return lines.join("\n");
}
