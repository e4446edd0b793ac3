import { createHmac } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isDeepStrictEqual } from "node:util";
import { convexToJson, getDocumentSize, type JSONValue, type Value } from "convex/values";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ExportFileContent } from "~/export/file-schema";
import { MEBIBYTE, TestConvex } from "../support/convex";
import { anyValue, float, nested, text } from "../support/convex-values";
import { makeDocument } from "../support/documents";
import { makeCapacity, readBytes } from "../support/export-runs";

const KEY = "key of these tests";
const CAPACITY = { queries: 8, memoryBytes: 2 * MEBIBYTE };
const PAGE = { maximumBytes: MEBIBYTE / 2, maximumDocuments: 150 };

type Document = Record<string, Value> & { _id: string; _creationTime: number };

/** A failing run is repeated with its own seed in place of this. */
const SEED = Date.now() % 2 ** 31;

function sample<T>(arbitrary: fc.Arbitrary<T>, count: number, shift: number): T[] {
  return fc.sample(arbitrary, { numRuns: count, seed: SEED + shift });
}

/** Ids of the right form, and in order. */
function withSystemFields(prefix: string, fields: Record<string, Value>[]): Document[] {
  return fields.map((document, index) => ({
    ...document,
    _id: prefix + String(index).padStart(30, "0"),
    // Some share a creation time, as after an import, and they are anything but evenly spread.
    _creationTime: 1_650_000_000_000 + Math.floor(index / 5) ** 2 / 8,
  }));
}

/** The largest document that Convex stores of a table: exactly 1 MiB with this text in it. */
function largest(table: string, field: string, character: string): Record<string, Value> {
  const system = { _id: "".padStart(32, "0"), _creationTime: 0 };
  const without = getDocumentSize({ ...system, ...makeDocument(table, { [field]: "" }) });
  const length = Math.floor((MEBIBYTE - without) / Buffer.byteLength(character));
  return makeDocument(table, { [field]: character.repeat(length) });
}

/** More than 10,000 documents of any values that the schema allows, per table. */
function makeTables(): Record<string, Document[]> {
  const logs = sample(fc.tuple(anyValue, anyValue, text, text, float, fc.option(float)), 4000, 1);
  const handoffs = sample(fc.tuple(anyValue, text), 3500, 2);
  const narratives = sample(fc.tuple(text, text, float), 2000, 3);
  const users = sample(fc.tuple(text, text), 300, 4);
  const tokens = sample(text, 700, 5);
  const manyFields = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`f${i}`, i]));
  return {
    users: withSystemFields(
      "jv",
      users.map(([name, password], index) =>
        makeDocument("users", { name, email: `${index}@x.test`, password: `${password}-removed` }),
      ),
    ),
    sessions: withSystemFields(
      "js",
      tokens.map((token, index) =>
        makeDocument("sessions", { sessionToken: `${token}-removed-${index % 50}`, expires: 0 }),
      ),
    ),
    incident_narratives: withSystemFields("jn", [
      ...narratives.map(([before, extra, version]) =>
        makeDocument("incident_narratives", { before_event: before, post_event: extra, version }),
      ),
      largest("incident_narratives", "before_event", "x"),
      largest("incident_narratives", "before_event", "💜"),
      largest("incident_narratives", "before_event", '"'),
      largest("incident_narratives", "before_event", "\u0001"),
    ]),
    ai_request_logs: withSystemFields(
      "jg",
      logs.map(([input, output, model, message, cost, used]) =>
        makeDocument("ai_request_logs", {
          input_data: input,
          output_data: output,
          model,
          error_message: message,
          cost_usd: cost,
          ...(used === null ? {} : { tokens_used: used }),
        }),
      ),
    ),
    workflow_handoffs: withSystemFields("jw", [
      ...handoffs.map(([data, workflow]) =>
        makeDocument("workflow_handoffs", { handoff_data: data, from_workflow: workflow }),
      ),
      ...[nested(60, -0), nested(60, 2n ** 63n - 1n), manyFields, Array<Value>(8192).fill(0n)].map(
        (data) => makeDocument("workflow_handoffs", { handoff_data: data }),
      ),
    ]),
  };
}

/** What the file has to hold of a document, made without the functions under test. */
function expected(table: string, { password: _removed, ...document }: Document): JSONValue {
  if (table !== "sessions") return convexToJson(document);
  const digest = createHmac("sha256", KEY).update(String(document["sessionToken"])).digest("hex");
  return convexToJson({ ...document, sessionToken: `fingerprint:${digest.slice(0, 32)}` });
}

async function exported(
  convex: TestConvex,
): Promise<{ bytes: Buffer; content: ExportFileContent }> {
  const capacity = makeCapacity(CAPACITY);
  const job = { fingerprintKey: KEY, page: PAGE, capacity };
  const { file, settle } = await convex.export(undefined, job);
  const bytes = await readBytes(file);
  await settle("completed");
  return { bytes, content: JSON.parse(bytes.toString("utf8")) as ExportFileContent };
}

describe(`a database of any values (seed ${SEED})`, () => {
  const tables = makeTables();
  let folder: string;
  let convex: TestConvex;
  let bytes: Buffer;
  let content: ExportFileContent;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "supportsignal-property-test-"));
    for (const [table, documents] of Object.entries(tables)) {
      const lines = documents.map((document) => `${JSON.stringify(convexToJson(document))}\n`);
      await pipeline(Readable.from(lines), createWriteStream(path.join(folder, `${table}.jsonl`)));
    }
    convex = await TestConvex.start({ data: folder });
    ({ bytes, content } = await exported(convex));
  }, 120_000);

  afterAll(async () => {
    await convex.close();
    await rm(folder, { recursive: true });
  });

  test("has more than 10,000 documents, some of exactly 1 MiB", () => {
    const all = Object.values(tables).flat();
    expect(all.length).toBeGreaterThan(10_000);
    expect(all.filter((document) => getDocumentSize(document) === MEBIBYTE)).not.toEqual([]);
    for (const form of [
      '{"$integer":"',
      '{"$bytes":"',
      '{"$float":"',
      '"toJSON":',
      '"constructor":',
    ]) {
      expect(bytes.includes(form), form).toBe(true);
    }
  });

  test.each(Object.keys(tables))("is in its file, less what the policy removes: %s", (table) => {
    const documents = tables[table] ?? [];
    // The demo's own accounts are in `users` besides.
    const read = (content.data[table] ?? []).filter(({ _id }) => /^j[vsngw]0/.test(_id));
    expect(read.map(({ _id }) => _id)).toEqual(documents.map(({ _id }) => _id));
    const wrong = documents.filter(
      (document, index) => !isDeepStrictEqual(read[index], expected(table, document)),
    );
    expect(wrong.map(({ _id }) => _id)).toEqual([]);
  });

  test("is counted in the file as it is", () => {
    for (const [table, documents] of Object.entries(content.data)) {
      expect([table, content.metadata.recordCounts[table]]).toEqual([table, documents.length]);
    }
    expect(content.metadata.sanitization.redactions).toEqual({ "sessions.sessionToken": 700 });
  });

  test("has no password and no token in its file", () => {
    expect(bytes.includes("-removed")).toBe(false);
  });
});

describe("documents that functions wrote", () => {
  let convex: TestConvex;

  beforeAll(async () => {
    convex = await TestConvex.start({ empty: true });
  });

  afterAll(() => convex.close());

  const insert = (data: Value[]) =>
    convex.insert(
      "workflow_handoffs",
      data.map((value) => makeDocument("workflow_handoffs", { handoff_data: value })),
    );

  async function handoffs(): Promise<Map<string, unknown>> {
    const { content } = await exported(convex);
    const documents = content.data["workflow_handoffs"] ?? [];
    return new Map(documents.map((document) => [document._id, document["handoff_data"]]));
  }

  test("are in the file as they were written, whatever their values", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyValue, { minLength: 1, maxLength: 100 }), async (values) => {
        const ids = await insert(values);
        const read = await handoffs();
        expect(ids.map((id) => read.get(id))).toEqual(values.map((value) => convexToJson(value)));
      }),
      { numRuns: 15 },
    );
  });

  test("lose the credentials in them, at any depth, and nothing else", async () => {
    const secret = "hunter2-in-the-clear";
    const names = ["password", "apiKey", "Authorization", "refresh_token", "Set-Cookie"];
    const values = sample(fc.tuple(anyValue, fc.constantFrom(...names), fc.nat(20)), 300, 6);
    const ids = await insert(
      values.map(([kept, name, depth]) =>
        nested(depth, { kept, [name]: { more: [secret, kept] } }),
      ),
    );
    const { bytes } = await exported(convex);
    expect(bytes.includes(secret)).toBe(false);
    const read = await handoffs();
    for (const [index, [kept, name, depth]] of values.entries()) {
      let inner = read.get(ids[index] ?? "");
      for (let level = 0; level < depth; level += 1)
        [inner] = Object.values(inner ?? {}) as unknown[];
      expect(Object.keys(inner ?? {}).sort()).toEqual(["kept", name].sort());
      expect(inner).toMatchObject({ kept: convexToJson(kept) });
    }
  });

  /** Inserts a document past the client's library, which would refuse some of them itself. */
  async function insertRaw(data: JSONValue) {
    const document = convexToJson(makeDocument("workflow_handoffs")) as Record<string, JSONValue>;
    const args = { table: "workflow_handoffs", documents: [{ ...document, handoff_data: data }] };
    const answer = await fetch(new URL("/api/mutation", convex.url), {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Convex ${convex.adminKey}` },
      body: JSON.stringify({ path: "seed:insertDocuments", args, format: "convex_encoded_json" }),
    });
    return (await answer.json()) as { status: string; value?: string[]; errorMessage?: string };
  }

  test.each([
    ["begins with a dollar", "$integer"],
    ["is a dollar", "$"],
    ["is no ASCII", "💜"],
    ["has a control character", "line\nbreak"],
    ["is longer than 1,024 characters", "x".repeat(1025)],
  ])("have no field whose name %s: Convex refuses it", async (_what, name) => {
    const { status, errorMessage } = await insertRaw({ [name]: 1, other: 2 });
    expect(status).toBe("error");
    expect(errorMessage).toContain("Field name");
  });

  test("hold what looks like Convex's own encoding only as the value that it encodes", async () => {
    const { value: [id = ""] = [] } = await insertRaw({ kept: { $integer: "AQAAAAAAAAA=" } });
    expect((await handoffs()).get(id)).toEqual({ kept: convexToJson(1n) });
    const odd = await insertRaw({ kept: { $integer: "AQAAAAAAAAA=", more: 1 } });
    expect(odd.status).toBe("error");
  });

  test("have no field named __proto__: Convex's library loses it, and nothing else", async () => {
    const data = JSON.parse('{"__proto__":{"polluted":true},"kept":1}') as JSONValue;
    const { value: [id = ""] = [] } = await insertRaw(data);
    expect((await handoffs()).get(id)).toEqual({ kept: 1 });
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
