import fc from "fast-check";
import { getConvexSize, getDocumentSize, v, type Value } from "convex/values";
import { describe, expect, it } from "vitest";
import { ConcurrencyLimit } from "~/embedded/concurrency-limit";
import { compareDocuments, withWrites, type StoredDocument } from "~/embedded/documents";
import { parseFunctionPath } from "~/embedded/function-path";
import { newDocumentId } from "~/embedded/ids";
import { decodeTimestamp, encodeTimestamp } from "~/embedded/timestamps";
import { validationProblem, type ValidatorJSON } from "~/embedded/validators";
import { measureValue } from "~/embedded/value-limits";

const anyValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.string({ unit: "grapheme" }),
    fc.uint8Array().map((bytes) => bytes.slice().buffer),
    fc.array(tie("value")),
    fc.dictionary(fc.stringMatching(/^[a-z]\w*$/), tie("value")),
  ),
})).value;

describe("measureValue", () => {
  it("counts bytes as convex/values does", () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(measureValue(value)).toBe(getConvexSize(value));
      }),
    );
  });

  it("counts whole documents as convex/values does", () => {
    const document = { _id: newDocumentId(), _creationTime: 1.5, text: "naïve 🦘" };
    expect(measureValue(document)).toBe(getDocumentSize(document));
  });
});

describe("withWrites", () => {
  const documents = fc.uniqueArray(
    fc.record({
      _id: fc.integer({ min: 0, max: 60 }).map((n) => `id${String(n).padStart(2, "0")}`),
      _creationTime: fc.integer({ min: 0, max: 5 }),
      text: fc.string(),
    }),
    { selector: ({ _id }) => _id, maxLength: 60 },
  );

  it("equals writing one by one into an unordered table and sorting it", () => {
    fc.assert(
      fc.property(documents, fc.array(fc.boolean()), fc.array(fc.boolean()), (all, old, gone) => {
        const table = all.filter((_, index) => old[index] !== false).sort(compareDocuments);
        const writes = new Map<string, StoredDocument | null>(
          all.map((document, index) => [
            document._id,
            gone[index] === true ? null : { ...document, text: `${document.text}!` },
          ]),
        );
        const expected = [...writes.values()].filter((one) => one !== null).sort(compareDocuments);
        const copy = [...table];
        expect(withWrites(table, writes)).toEqual(expected);
        expect(table).toEqual(copy);
      }),
    );
  });
});

describe("validationProblem", () => {
  const ids = { tableOf: () => undefined };
  // `json` is there, but left out of the published types.
  const problem = (validator: unknown, value: Value) =>
    validationProblem((validator as { json: ValidatorJSON }).json, value, ids);

  it.each<[string, unknown, Value]>([
    ["int64", v.int64(), 1n],
    ["bytes", v.bytes(), new ArrayBuffer(1)],
    ["an int64 literal", v.literal(3n), 3n],
    ["a member of a union", v.union(v.literal("a"), v.null()), null],
    ["a record", v.record(v.string(), v.number()), { a: 1, b: 2 }],
    ["an absent optional field", v.object({ a: v.optional(v.string()) }), {}],
    ["anything", v.any(), [{ deep: 1n }]],
  ])("accepts %s", (_, validator, value) => {
    expect(problem(validator, value)).toBeNull();
  });

  it.each<[string, unknown, Value, string]>([
    ["a float for int64", v.int64(), 1, "Value: 1.0\nValidator: v.int64()"],
    [
      "another literal",
      v.literal("a"),
      "b",
      '`"b"` does not match literal validator `v.literal("a")`.',
    ],
    [
      "no member of a union",
      v.union(v.string(), v.null()),
      1,
      "Validator: v.union(v.string(), v.null())",
    ],
    ["a record's value", v.record(v.string(), v.number()), { a: "x" }, "Path: .values()"],
    [
      "deep values",
      v.object({ a: v.array(v.object({ b: v.string() })) }),
      { a: [{ b: 1 }] },
      "Path: .a[0].b",
    ],
    ["inherited fields", v.object({}), { toString: 1 }, "extra field `toString`"],
  ])("names the place and reason for %s", (_, validator, value, message) => {
    expect(problem(validator, value)).toContain(message);
  });
});

describe("parseFunctionPath", () => {
  it.each([
    ["exports:summarize", "exports:summarize"],
    ["exports.js:summarize", "exports:summarize"],
    ["folder/exports:summarize", "folder/exports:summarize"],
    ["exports", "exports:default"],
  ])("reads %s", (path, expected) => {
    expect(parseFunctionPath(path)).toBe(expected);
  });

  it.each(["", ":f", "/m:f", "m.py:f", "m:f-g", "../m:f", "m m:f", "m:", `${"m".repeat(65)}:f`])(
    "refuses %j",
    (path) => {
      expect(() => parseFunctionPath(path)).toThrow(
        expect.objectContaining({ status: 400, code: "BadConvexFunctionIdentifier" }),
      );
    },
  );
});

describe("timestamps", () => {
  it("survive the way there and back", () => {
    const ts = 1_769_832_245_123_456_789n;
    expect(decodeTimestamp(encodeTimestamp(ts))).toBe(ts);
  });

  it.each(["", "abc", "AAAA", "AAAAAAAAAAAA", "//////////8=", "not base64!"])(
    "that are malformed are Convex's own failure: %j",
    (text) => {
      expect(() => decodeTimestamp(text)).toThrow(expect.objectContaining({ status: 500 }));
    },
  );
});

describe("ConcurrencyLimit", () => {
  it("runs as many at once as it may, and the others in order as soon as one ends", async () => {
    const limit = new ConcurrencyLimit("query", 2, 10_000);
    const started: number[] = [];
    const finish: (() => void)[] = [];
    const calls = [0, 1, 2, 3].map((index) =>
      limit.run(() => {
        started.push(index);
        return new Promise<void>((resolve) => finish.push(resolve));
      }),
    );
    expect(started).toEqual([0, 1]);
    for (const [index, call] of calls.entries()) {
      finish[index]?.();
      await call;
      await Promise.resolve();
    }
    expect(started).toEqual([0, 1, 2, 3]);
  });

  it("refuses a call whose turn does not come in time, and serves the next ones", async () => {
    const limit = new ConcurrencyLimit("query", 1, 20);
    let finish: () => void = () => undefined;
    const running = limit.run(() => new Promise<void>((resolve) => (finish = resolve)));
    await expect(limit.run(() => Promise.resolve())).rejects.toMatchObject({
      status: 429,
      code: "TooManyConcurrentRequests",
    });
    finish();
    await running;
    expect(await limit.run(() => Promise.resolve("next"))).toBe("next");
  });

  it("gives its place back when a call fails", async () => {
    const limit = new ConcurrencyLimit("query", 1, 1_000);
    await expect(limit.run(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await limit.run(() => Promise.resolve("next"))).toBe("next");
  });
});
