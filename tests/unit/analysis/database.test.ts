import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkBundle } from "~/analysis/bundle-check";
import { databasePath, forgetDatabase, openDatabase } from "~/analysis/database";
import { diffExports } from "~/analysis/diff";
import { makeFile, readBytes } from "../../support/export-runs";
import { makeDocuments, type Tables } from "../../support/memory-documents";
import { MemorySource } from "../../support/memory-source";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "supportsignal-database-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const { signal } = new AbortController();

const notes = (count: number) => makeDocuments("n", count, (index) => ({ text: `note ${index}` }));

async function write(
  name: string,
  tables: Tables,
  format: "json" | "ndjson" | "zip" = "json",
): Promise<string> {
  const file = path.join(folder, name);
  writeFileSync(file, await readBytes(await makeFile(new MemorySource(tables), { format })));
  return file;
}

async function count(file: string, isKept = true): Promise<{ rows: unknown; isLoaded: boolean }> {
  let isLoaded = false;
  const onLoading = () => void (isLoaded = true);
  const database = await openDatabase(file, { isKept, signal, onLoading });
  const connection = await database.instance.connect();
  const result = await connection.runAndReadAll("SELECT count(*)::INTEGER FROM notes");
  connection.closeSync();
  await database.close();
  return { rows: result.getRows()[0]?.[0], isLoaded };
}

describe("what is loaded", () => {
  test("is kept beside the file for its owner only, and used until the file changes", async () => {
    const file = await write("kept.json", { notes: notes(3) });
    expect(await count(file)).toEqual({ rows: 3, isLoaded: true });
    expect(statSync(databasePath(file)).mode & 0o777).toBe(0o600);
    expect(await count(file)).toEqual({ rows: 3, isLoaded: false });
    await write("kept.json", { notes: notes(4) });
    expect(await count(file)).toEqual({ rows: 4, isLoaded: true });
    expect(readdirSync(folder).filter((name) => name.includes("loading"))).toEqual([]);
  });

  test("is forgotten when asked for, with what a killed process left", async () => {
    const file = await write("forgotten.json", { notes: notes(1) });
    await count(file);
    writeFileSync(path.join(folder, ".forgotten.json.duckdb.loading-0123"), "");
    expect(await forgetDatabase(file)).toHaveLength(2);
    expect(existsSync(databasePath(file))).toBe(false);
    expect(existsSync(file)).toBe(true);
    expect(await forgetDatabase(file)).toEqual([]);
  });

  test("is not kept where nothing may be", async () => {
    const file = await write("unkept.json", { notes: notes(2) });
    expect(await count(file, false)).toEqual({ rows: 2, isLoaded: true });
    expect(existsSync(databasePath(file))).toBe(false);
  });

  test("by another version of the program, of whatever shape, is loaded anew", async () => {
    const file = await write("versions.json", { notes: notes(2) });
    for (const origin of ['{"source":{"version":0}}', '{"source":{"version":99},"more":[1]}']) {
      await count(file);
      const other = await DuckDBInstance.create(databasePath(file));
      const connection = await other.connect();
      await connection.run("UPDATE supportsignal.origin SET origin = $1", [origin]);
      connection.closeSync();
      other.closeSync();
      expect(await count(file)).toEqual({ rows: 2, isLoaded: true });
      expect(await count(file)).toEqual({ rows: 2, isLoaded: false });
    }
  });

  test("does not replace another database that is in its way", async () => {
    const file = await write("another.json", { notes: notes(1) });
    const other = await DuckDBInstance.create(databasePath(file));
    const connection = await other.connect();
    await connection.run("CREATE SCHEMA supportsignal");
    await connection.run("CREATE TABLE supportsignal.origin AS SELECT 'mine' AS origin");
    connection.closeSync();
    other.closeSync();
    const before = readFileSync(databasePath(file));
    await expect(count(file)).rejects.toMatchObject({ kind: "usage" });
    expect(readFileSync(databasePath(file))).toEqual(before);
  });

  test("does not replace a file that is in its way", async () => {
    const file = await write("blocked.json", { notes: notes(1) });
    writeFileSync(databasePath(file), "mine");
    await expect(count(file)).rejects.toMatchObject({ kind: "usage" });
    expect(readFileSync(databasePath(file), "utf8")).toBe("mine");
  });

  test("has fields that no schema knows, and values that JSON lacks", async () => {
    const bits = (value: number) => {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(value);
      return { $float: bytes.toString("base64") };
    };
    const file = await write("typed.json", {
      users: [
        { _id: "u1", _creationTime: 1, created_at: bits(Infinity), "new field": { deep: [1] } },
        { _id: "u2", _creationTime: 2, created_at: bits(NaN), name: "Zoë" },
        { _id: "u3", _creationTime: 3, created_at: 0.5 },
      ],
    });
    const database = await openDatabase(file, { isKept: false, signal });
    const connection = await database.instance.connect();
    const result = await connection.runAndReadAll(
      'SELECT name, created_at, "new field"::VARCHAR FROM users ORDER BY _id',
    );
    expect(result.getRows()).toEqual([
      [null, Infinity, '{"deep":[1]}'],
      ["Zoë", NaN, null],
      [null, 0.5, null],
    ]);
    connection.closeSync();
    await database.close();
  });
});

describe("a file that is not complete is not loaded:", () => {
  test.each<["json" | "ndjson" | "zip", string, (bytes: Buffer) => Buffer]>([
    ["json", "cut at a line end", (bytes) => bytes.subarray(0, bytes.lastIndexOf("\n", -2) + 1)],
    ["json", "without a document", (bytes) => removeLine(bytes, '{"_id":"n1"')],
    ["ndjson", "cut at a line end", (bytes) => bytes.subarray(0, bytes.lastIndexOf("\n", -2) + 1)],
    ["ndjson", "without a document", (bytes) => removeLine(bytes, '"_id":"n1"')],
    ["zip", "cut off", (bytes) => bytes.subarray(0, -30)],
    ["zip", "with a changed byte", (bytes) => flip(bytes, bytes.indexOf("data/notes") + 40)],
  ])("%s %s", async (format, name, change) => {
    const file = await write(`broken ${name}.${format}`, { notes: notes(50) }, format);
    writeFileSync(file, change(readFileSync(file)));
    await expect(count(file, false)).rejects.toMatchObject({
      name: "AnalysisError",
      kind: "integrity",
    });
    if (format === "zip") expect((await checkBundle(file)).problems).not.toEqual([]);
  });

  test("what is no export at all is refused", async () => {
    const file = path.join(folder, "other.json");
    writeFileSync(file, '{"a": 1}');
    await expect(count(file)).rejects.toMatchObject({ kind: "usage" });
  });
});

function removeLine(bytes: Buffer, part: string): Buffer {
  const lines = bytes.toString("utf8").split("\n");
  return Buffer.from(lines.filter((line) => !line.includes(part)).join("\n"));
}

function flip(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 0x55;
  return changed;
}

describe("a check of a bundle", () => {
  test("finds a whole one complete", async () => {
    const file = await write("whole.zip", { notes: notes(5), empty: [] }, "zip");
    expect(await checkBundle(file)).toMatchObject({
      problems: [],
      recordCounts: { notes: 5, empty: 0 },
    });
  });
});

describe("a comparison", () => {
  const older = { notes: notes(4), gone: makeDocuments("g", 1) };
  const newer = {
    notes: [
      ...notes(3)
        .slice(1)
        .map((note) => (note._id === "n2" ? { ...note, text: "changed" } : note)),
      ...makeDocuments("x", 2).map((each) => ({
        ...each,
        _creationTime: each._creationTime + 60_000,
      })),
    ],
  };

  test.each(["json", "ndjson", "zip"] as const)(
    "finds what was added, removed and changed, also in %s",
    async (format) => {
      const [a, b] = [await write("a.json", older), await write(`b.${format}`, newer, format)];
      const options = { withIds: true, withFingerprints: false, signal };
      const { tables, isSame } = await diffExports(a, b, options);
      expect(isSame).toBe(false);
      expect(tables).toEqual([
        {
          table: "notes",
          added: 2,
          removed: 2,
          changed: 1,
          unchanged: 1,
          ids: { added: ["x0", "x1"], removed: ["n0", "n3"], changed: ["n2"] },
        },
        {
          table: "gone",
          added: 0,
          removed: 1,
          changed: 0,
          unchanged: 0,
          ids: { added: [], removed: ["g0"], changed: [] },
        },
      ]);
    },
  );

  test("sees no change in fingerprints, which are new each time, unless it is asked to", async () => {
    const tokens = (digit: string) => ({
      sessions: makeDocuments("s", 1, () => ({ token: `fingerprint:${digit.repeat(32)}` })),
    });
    const [a, b] = [await write("one.json", tokens("1")), await write("two.json", tokens("2"))];
    const compare = async (withFingerprints: boolean) =>
      (await diffExports(a, b, { withIds: false, withFingerprints, signal })).isSame;
    expect(await compare(false)).toBe(true);
    expect(await compare(true)).toBe(false);
  });

  test("of a file with itself finds nothing, and leaves nothing", async () => {
    const file = await write("same.json", older);
    copyFileSync(file, `${file}.copy`);
    chmodSync(`${file}.copy`, 0o400);
    const before = readdirSync(folder);
    const options = { withIds: false, withFingerprints: true, signal };
    expect((await diffExports(file, `${file}.copy`, options)).isSame).toBe(true);
    expect(readdirSync(folder)).toEqual(before);
  });
});
