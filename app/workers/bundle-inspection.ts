import { CUT_OFF } from "../export/document-check";
import { readManifest } from "../export/formats/archive";
import { BundleCheck } from "../export/formats/bundle-check";
import { describeReport, newSha256, piecesOf, type FileInspection } from "./inspection";
import { openZip, type OpenedZip } from "./zip-archive";

/**
 * Reads a bundle: its SHA-256 from start to end, and then what is in it, as the list at its end says.
 * @param onProgress Told how many bytes of the file the work so far stands for.
 */
export async function inspectBundle(
  file: Blob,
  onProgress: (bytes: number) => void,
): Promise<FileInspection> {
  let done = 0;
  let work = file.size;
  const advance = (bytes: number) => {
    done += bytes;
    onProgress(Math.min(file.size, Math.floor((done / work) * file.size)));
  };
  const opened = await openZip(file, advance);
  if ("archive" in opened) work += opened.archive.unpackedBytes;
  const hash = newSha256();
  for await (const piece of piecesOf(file.stream())) {
    hash.update(piece);
    advance(piece.byteLength);
  }
  const contents = await inspectArchive(opened);
  return { ...contents, format: "zip", bytes: file.size, digest: hash.digest("hex") };
}

type Contents = Omit<FileInspection, "format" | "bytes" | "digest">;

async function inspectArchive(opened: OpenedZip): Promise<Contents> {
  if ("isCutOff" in opened) return nothingBut("cut_off", NO_END);
  if ("damage" in opened) return nothingBut("damaged", opened.damage);
  const { archive } = opened;
  const reading = await readManifest(archive);
  if ("problem" in reading) return nothingBut(reading.kind, reading.problem);
  return describeReport(await new BundleCheck(archive, newSha256).run(reading.manifest));
}

const NO_END = `${CUT_OFF}: the list of what is in it, which is its end, is missing`;

function nothingBut(kind: Contents["kind"], message: string): Contents {
  return { kind, problems: [{ line: 0, message }], records: 0 };
}
