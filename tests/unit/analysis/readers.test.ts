import { execFile } from "node:child_process";
import {
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readStream } from "~/analysis/export-input";
import { writeFolder } from "~/analysis/folder";
import type { ExportFileContent } from "~/export/file-schema";
import type { DownloadFormat } from "~/export/formats/format";
import { writeSampleExports } from "../../support/sample-exports";
import { unzip } from "../../support/unzip";

/** What programs that are not ours make of the formats: jq, and Python with what it comes with. */

const run = promisify(execFile);
const MAXIMUM_OUTPUT_BYTES = 256 * 1024 * 1024;

/** Prints the documents per table, or for CSV the rows, as JSON. */
const PYTHON_READER = `
import csv, json, pathlib, sys, zipfile
form, name = sys.argv[1:]
tables = {}
if form == "json":
    tables = json.load(open(name, encoding="utf-8"))["data"]
elif form == "ndjson":
    for line in map(json.loads, open(name, encoding="utf-8")):
        if "metadata" in line:
            tables = {table: [] for table in line["metadata"]["recordCounts"]}
        elif "table" in line:
            tables[line["table"]].append(line["document"])
elif form == "zip":
    with zipfile.ZipFile(name) as bundle:
        for entry in json.loads(bundle.read("manifest.json"))["files"]:
            if "table" in entry:
                lines = bundle.read(entry["path"]).decode("utf-8").splitlines()
                tables[entry["table"]] = [json.loads(line) for line in lines]
else:
    for file in sorted(pathlib.Path(name).glob("*.csv")):
        with open(file, encoding="utf-8", newline="") as rows:
            tables[file.stem] = list(csv.DictReader(rows))
print(json.dumps(tables))
`;

let folder: string;
let files: Record<DownloadFormat, string>;
let json: ExportFileContent;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "supportsignal-readers-"));
  files = await writeSampleExports(folder);
  json = JSON.parse(readFileSync(files.json, "utf8")) as ExportFileContent;
});
afterAll(() => rmSync(folder, { recursive: true }));

type Tables = Record<string, Record<string, unknown>[]>;

async function print(command: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(command, args, { maxBuffer: MAXIMUM_OUTPUT_BYTES });
  return stdout;
}

async function readWithPython(format: string, place: string): Promise<Tables> {
  return JSON.parse(await print("python3", "-c", PYTHON_READER, format, place)) as Tables;
}

/** Each line that jq prints. */
async function linesOfJq(...args: string[]): Promise<unknown[]> {
  const lines = (await print("jq", "-c", ...args)).split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as unknown);
}

const noDocuments = (): Tables =>
  Object.fromEntries(Object.keys(json.metadata.recordCounts).map((table) => [table, []]));

describe("Python", () => {
  test.each(["json", "ndjson", "zip"] as const)("reads the documents of %s", async (format) => {
    expect(await readWithPython(format, files[format])).toEqual(json.data);
  });

  test("reads a row of CSV for each document, in the same order", async () => {
    const place = path.join(folder, "csv");
    mkdirSync(place);
    const stream = createReadStream(files.json) as AsyncIterable<Buffer>;
    const madeFrom = { bytes: 1, sha256: "0".repeat(64) };
    const { signal } = new AbortController();
    await writeFolder(await readStream(stream, "json"), place, "csv", madeFrom, signal);
    const rows = await readWithPython("csv", place);
    for (const [table, documents] of Object.entries(json.data)) {
      expect(rows[table]?.map(({ _id }) => _id)).toEqual(documents.map(({ _id }) => _id));
    }
  });
});

describe("jq", () => {
  test("reads the documents of json", async () => {
    expect(await linesOfJq(".data", files.json)).toEqual([json.data]);
  });

  test("reads the documents of ndjson", async () => {
    const tables = noDocuments();
    const filter = "select(.table) | [.table, .document]";
    for (const row of await linesOfJq(filter, files.ndjson)) {
      const [table, document] = row as [string, Record<string, unknown>];
      tables[table]?.push(document);
    }
    expect(tables).toEqual(json.data);
  });

  test("reads the documents of a bundle that was unpacked", async () => {
    const place = path.join(folder, "bundle");
    mkdirSync(path.join(place, "data"), { recursive: true });
    for (const { path: name, content } of await unzip(readFileSync(files.zip))) {
      writeFileSync(path.join(place, name), content);
    }
    const tables: Tables = {};
    for (const table of Object.keys(json.data)) {
      const file = path.join(place, "data", `${table}.ndjson`);
      tables[table] = (await linesOfJq(".", file)) as Tables[string];
    }
    expect(tables).toEqual(json.data);
  });
});
