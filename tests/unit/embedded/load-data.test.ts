import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { convexToJson, type JSONValue, type Value } from "convex/values";
import { spawnEmbeddedConvex } from "~/embedded";
import { loadData } from "~/embedded/load-data";
import { readSchema, type DatabaseSchema } from "~/embedded/schema";
import fixtureSchema from "../../fixtures/convex-functions/schema";
import projectSchema from "../../../convex/schema";
import { call } from "./client";

const OWNER = "k1700000000000000000000000000001";
const NOTE = "k2700000000000000000000000000001";
const OTHER_NOTE = "k2700000000000000000000000000002";
const owner = { _id: OWNER, _creationTime: 1.5, name: "Ana" };
const note = { _id: NOTE, _creationTime: 2.25, author: "a", rank: 1, text: "t", owner: OWNER };

const schema = readSchema(fixtureSchema);
let root: string;
let folder: string;

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "load-data-"));
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(root, "case-"));
});
afterAll(() => rm(root, { recursive: true }));

const lines = (...documents: unknown[]) =>
  documents.map((one) => `${JSON.stringify(one)}\n`).join("");

/** Writes files (by path inside the folder), as text or bytes. */
async function write(files: Record<string, string | Uint8Array>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.join(folder, path.dirname(name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
}

async function reasonFor(file: string, useSchema: DatabaseSchema = schema): Promise<string> {
  const reason = await loadData(path.join(folder, file), useSchema).then(
    () => "loaded",
    (error: unknown) => (error as Error).message,
  );
  return reason.replaceAll(folder, "");
}

/** An export file as the portal writes it: one document per line. */
function exportFile(
  data: Record<string, unknown[]>,
  metadata: object = { version: "1.0" },
): string {
  const tables = Object.entries(data).map(
    ([table, documents]) =>
      `${JSON.stringify(table)}: [\n${documents.map((one) => JSON.stringify(one)).join(",\n")}\n]`,
  );
  return `{\n"metadata": ${JSON.stringify(metadata)},\n"data": {\n${tables.join(",\n")}\n}\n}\n`;
}

describe("a folder as `npx convex export` unzips to", () => {
  it("is loaded, with ids and creation times kept and documents in their order", async () => {
    const later = { ...note, _id: OTHER_NOTE, _creationTime: 1, owner: undefined };
    await write({
      "README.md": "# Convex export",
      "_tables/documents.jsonl": lines({ name: "notes", id: 1 }),
      "_storage/documents.jsonl": "",
      "owners/documents.jsonl": lines(owner),
      "owners/generated_schema.jsonl": lines("any"),
      "notes/documents.jsonl": lines(note, later).trimEnd(),
    });
    const { tables, notes } = await loadData(folder, schema);
    expect(tables.get("owners")).toEqual([owner]);
    expect(tables.get("notes")?.map(({ _id }) => _id)).toEqual([OTHER_NOTE, NOTE]);
    expect(notes).toContain("Not loaded: README.md, _storage, _tables");
  });

  it("may have <table>.jsonl files, Windows line ends and raw U+2028 in strings", async () => {
    const text = "one\u2028two";
    await write({ "notes.jsonl": `${JSON.stringify({ ...note, text })}\r\n\r\n` });
    const { tables } = await loadData(folder, schema);
    expect(tables.get("notes")).toMatchObject([{ text }]);
  });

  it("keeps Convex's tagged values at every depth", async () => {
    const extra: Value = {
      big: 2n ** 62n + 1n,
      list: [{ bytes: new Uint8Array([0, 255]).buffer, nan: NaN, negativeZero: -0 }],
    };
    await write({ "notes.jsonl": lines({ ...note, extra: convexToJson(extra) }) });
    const { tables } = await loadData(folder, schema);
    expect(tables.get("notes")?.[0]?.extra).toEqual(extra);
  });

  it("may have int64 as bare numbers where the schema says int64, as Convex writes them", async () => {
    await write({ "notes.jsonl": lines({ ...note, counter: 7, extra: 7 }) });
    const { tables } = await loadData(folder, schema);
    expect(tables.get("notes")?.[0]).toMatchObject({ counter: 7n, extra: 7 });
  });

  it("may have ids of documents that are not there", async () => {
    await write({ "notes.jsonl": lines(note) });
    expect((await loadData(folder, schema)).tables.get("notes")).toHaveLength(1);
  });

  it("gives users without a password one that nothing matches", async () => {
    const user = { _id: OWNER, _creationTime: 1, name: "A", email: "a@b.test", role: "team_lead" };
    await write({ "users.jsonl": lines(user) });
    const { tables } = await loadData(folder, readSchema(projectSchema));
    expect(tables.get("users")).toEqual([{ ...user, password: "!no-password" }]);
  });

  it.each<[string, string | Uint8Array, string]>([
    ["bad JSON", `${lines(note)}{"_id":\n`, ":2: bad JSON: "],
    ["bytes that are not UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d), ":1: it is not valid UTF-8"],
    ["no object", lines([note]), ":1: a document must be a JSON object"],
    [
      "no _id",
      lines({ ...note, _id: undefined }),
      ":1: _id must be the id of a Convex document, but is absent",
    ],
    ["an _id of another kind", lines({ ...note, _id: 5 }), "but is 5.0"],
    ["an _id that is none", lines({ ...note, _id: "notes1" }), 'but is "notes1"'],
    [
      "no _creationTime",
      lines({ ...note, _creationTime: undefined }),
      ":1: _creationTime must be a time in ms, but is absent",
    ],
    ["a wrong _creationTime", lines({ ...note, _creationTime: "now" }), 'but is "now"'],
    ["a duplicate", lines(note, note), `:2: _id ${NOTE} occurs a second time (first in notes)`],
    [
      "an unknown field",
      lines({ ...note, colour: "red" }),
      ":1: it does not match the schema: Object contains extra field `colour`",
    ],
    ["a missing field", lines({ ...note, text: undefined }), "missing the required field `text`"],
    [
      "a wrong type",
      lines(note, { ...note, _id: OTHER_NOTE, rank: "1" }),
      ":2: it does not match the schema: Value does not match validator. Path: .rank",
    ],
    [
      "an id of another table",
      lines(note, { ...note, _id: OTHER_NOTE, owner: NOTE }),
      ":2: it does not match the schema: Found ID",
    ],
    ["a bad tagged value", lines({ ...note, counter: { $integer: "!" } }), ":1: "],
    ["an unknown tag", lines({ ...note, extra: { $date: 1 } }), "$date"],
    [
      "an int64 that lost digits",
      lines({ ...note, counter: 2 ** 60 }),
      "has lost digits as a bare number",
    ],
    ["a document above 1 MiB", lines({ ...note, text: "x".repeat(2 ** 20) }), "Value is too large"],
    [
      "an array above 8,192",
      lines({ ...note, extra: new Array(8193).fill(1) }),
      "Array length is too long",
    ],
  ])("is refused for %s, with the file and line", async (_, content, reason) => {
    await write({ "notes.jsonl": content });
    const message = await reasonFor(".");
    expect(message).toContain("Cannot load /notes.jsonl");
    expect(message).toContain(reason);
  });

  it("is refused without quoting what the document holds", async () => {
    await write({ "notes.jsonl": lines({ ...note, text: "secret-1", colour: "secret-2" }) });
    expect(await reasonFor(".")).not.toContain("secret");
    await write({ "notes.jsonl": lines({ ...note, rank: "secret-3" }) });
    expect(await reasonFor(".")).not.toContain("secret");
  });

  it.each<[string, Record<string, string>, string]>([
    ["nothing in it", {}, "holds no <table>/documents.jsonl and no <table>.jsonl"],
    ["an unknown table", { "things.jsonl": "" }, '/things.jsonl: there is no table "things"'],
    ["an unknown folder", { "things/documents.jsonl": "" }, '/things: there is no table "things"'],
    ["an unknown file", { "notes.csv": "" }, "/notes.csv: it is neither a table nor part"],
    [
      "a table without documents",
      { "notes/other.jsonl": "" },
      "/notes: it holds no documents.jsonl",
    ],
    [
      "an unknown file in a table",
      { "notes/documents.jsonl": "", "notes/more.jsonl": "" },
      "/notes/more.jsonl: it is no part of a table",
    ],
    [
      "a table that is there twice",
      { "notes/documents.jsonl": "", "notes.jsonl": "" },
      "table notes is there twice",
    ],
  ])("is refused for %s", async (_, files, reason) => {
    await write(files);
    expect(await reasonFor(".")).toContain(reason);
  });
});

describe("an export file", () => {
  it("is loaded", async () => {
    const metadata = { version: "1.0", recordCounts: { owners: 1, notes: 1 } };
    await write({ "export.json": exportFile({ owners: [owner], notes: [note] }, metadata) });
    const { tables } = await loadData(path.join(folder, "export.json"), schema);
    expect(tables).toEqual(
      new Map([
        ["owners", [owner]],
        ["notes", [note]],
      ]),
    );
  });

  it.each<[string, string, string]>([
    ["text that is no JSON", '{\n"metadata": }', "/export.json:2: bad JSON"],
    ["a truncated file", exportFile({ notes: [note] }).slice(0, -20), "/export.json:5: bad JSON"],
    ["another kind of JSON", "[]", "the file must be a JSON object"],
    ["no metadata", '{"data": {}}', "metadata must be a JSON object"],
    ["no data", '{"metadata": {"version": "1.0"}}', "data must be a JSON object"],
    ["another version", exportFile({}, { version: "2.0" }), 'version 1.x is supported, not "2.0"'],
    ["an unknown key", '{"metadata":{"version":"1.0"},"data":{},"more":1}', 'unknown key "more"'],
    [
      "counts that are not those of the data",
      exportFile({ notes: [note] }, { version: "1.0", recordCounts: { notes: 2 } }),
      "(metadata.recordCounts.notes): it says 2, but data holds 1",
    ],
    [
      "an unknown table",
      exportFile({ things: [note] }),
      'there is no table "things" in the schema',
    ],
    [
      "a table that is no list",
      '{"metadata":{"version":"1.0"},"data":{"notes":{}}}',
      "a table must be an array",
    ],
    [
      "a bad document, with its line",
      exportFile({ owners: [owner], notes: [note, { ...note, _id: OTHER_NOTE, rank: null }] }),
      "/export.json:9 (data.notes[1]): it does not match the schema",
    ],
    [
      "a document without id, with its position",
      exportFile({ notes: [note, { author: "a" }] }),
      "/export.json (data.notes[1]): _id must be",
    ],
  ])("is refused for %s", async (_, content, reason) => {
    await write({ "export.json": content });
    expect(await reasonFor("export.json")).toContain(reason);
  });
});

describe("the embedded Convex with --data", () => {
  it("serves the documents with their own ids, and has the demo accounts beside them", async () => {
    const company = {
      _id: OWNER,
      _creationTime: 3.5,
      name: "Kookaburra Care",
      slug: "kookaburra",
      contact_email: "office@kookaburra.example",
      status: "active",
      created_at: 3,
    };
    await write({ "companies.jsonl": lines(company) });
    const convex = await spawnEmbeddedConvex({ data: folder });
    try {
      const found = (await call(convex, "users:findForSignIn", {
        email: "system_admin@supportsignal.test",
      })) as { userId: string };
      expect(found.userId).toHaveLength(32);
      const page = (await call(convex, "exports:generateDatabaseExport", {
        actor: { kind: "command_line", name: "load-data test" },
        exportType: "full",
        fingerprintKey: "0".repeat(64),
        page: { cursor: null, maximumBytes: 1_000_000, maximumDocuments: 1_000 },
      } satisfies JSONValue)) as { data: Record<string, unknown[]> };
      expect(page.data.companies).toEqual([company]);
      expect(page.data.users).toHaveLength(5);
    } finally {
      await convex.close();
    }
  });

  it("says what is wrong with the data instead of starting", async () => {
    await write({ "companies.jsonl": lines({ _id: OWNER, _creationTime: 1 }) });
    await expect(spawnEmbeddedConvex({ data: folder })).rejects.toThrow(
      `Cannot load ${path.join(folder, "companies.jsonl")}:1: it does not match the schema`,
    );
  });
});
