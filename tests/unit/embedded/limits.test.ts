import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JSONValue } from "convex/values";
import type { EmbeddedConvex } from "~/embedded";
import { spawnEmbeddedConvex } from "~/embedded";
import { call, FIXTURE_FUNCTIONS_DIR } from "./client";

const MIB = 1024 * 1024;

describe("limits of values", () => {
  let convex: EmbeddedConvex;
  beforeAll(async () => {
    convex = await spawnEmbeddedConvex({ functionsDir: FIXTURE_FUNCTIONS_DIR });
  });
  afterAll(() => convex.close());

  it.each<[string, string, Record<string, JSONValue>]>([
    ["an array of 8,192 elements", "values:makeArray", { length: 8192 }],
    ["64 levels of nesting", "values:makeNested", { levels: 64 }],
    ["a return value of almost 16 MiB", "values:makeText", { length: 16 * MIB - 2 }],
    ["a document of almost 1 MiB", "values:storeText", { length: MIB - 200 }],
  ])("allow %s", async (_, path, args) => {
    await expect(call(convex, path, args)).resolves.toBeDefined();
  });

  it.each<[string, string, Record<string, JSONValue>, string]>([
    [
      "a longer array",
      "values:makeArray",
      { length: 8193 },
      "Function values:makeArray return value invalid: Array length is too long " +
        "(8193 > maximum length 8192)",
    ],
    [
      "deeper nesting",
      "values:makeNested",
      { levels: 65 },
      "Value is too nested (nested 65 levels deep > maximum nesting 64)",
    ],
    [
      "a larger return value",
      "values:makeText",
      { length: 17 * MIB },
      "Function values:makeText return value is too large (actual: 17.00 MiB, limit: 16 MiB)",
    ],
    [
      "a larger document",
      "values:storeText",
      { length: 2 * MIB },
      "Value is too large (2.00 MiB > maximum size 1 MiB)",
    ],
    [
      "an array that is too long in arguments",
      "values:echo",
      { value: Array.from({ length: 8193 }, () => 1) },
      "Invalid arguments for values.js:echo: Array length is too long",
    ],
  ])("refuse %s", async (_, path, args, message) => {
    await expect(call(convex, path, args)).rejects.toThrow(message);
  });

  it("refuse a document that does not fit the schema, and write nothing", async () => {
    await expect(call(convex, "values:storeUnknownField")).rejects.toThrow(
      'Failed to insert or update a document in table "owners" because it does not match the ' +
        "schema: Object contains extra field `colour` that is not in the validator.",
    );
    expect(await call(convex, "values:survive")).toEqual({ reason: "undone", owners: 0 });
  });
});

describe("limits of a transaction", () => {
  let convex: EmbeddedConvex;
  beforeAll(async () => {
    convex = await spawnEmbeddedConvex({ functionsDir: FIXTURE_FUNCTIONS_DIR });
    // 32,010 small notes: just over what one transaction may read.
    for (const [firstRank, count] of [
      [0, 12_000],
      [12_000, 12_000],
      [24_000, 8_010],
    ] as const) {
      await call(convex, "notes:addMany", { firstRank, count, textBytes: 10 });
    }
  });
  afterAll(() => convex.close());

  it("let a query consume exactly 32,000 documents", async () => {
    expect(await call(convex, "notes:take", { count: 32_000 })).toBe(32_000);
  });

  it("stop a query that consumes one more", async () => {
    await expect(call(convex, "notes:take", { count: 32_001 })).rejects.toThrow(
      "Too many documents read in a single function execution (limit: 32000).",
    );
    await expect(call(convex, "notes:collect")).rejects.toThrow("Too many documents read");
  });

  it("end a page instead, whose cursor leads to the rest", async () => {
    const paginationOpts = { numItems: 32_000, cursor: null, maximumRowsRead: 32_000 };
    // The page is too long for an array to return, so it is read through a filter.
    const first = (await call(convex, "notes:filteredPage", {
      paginationOpts,
      author: "none",
    })) as {
      pageStatus: string;
      isDone: boolean;
      continueCursor: string;
    };
    expect(first).toMatchObject({ pageStatus: "SplitRequired", isDone: false });
    const rest = await call(convex, "notes:filteredPage", {
      paginationOpts: { ...paginationOpts, cursor: first.continueCursor },
      author: "even",
    }).catch((error: unknown) => String(error));
    expect(rest).toContain("InvalidCursor");
    const last = (await call(convex, "notes:filteredPage", {
      paginationOpts: { ...paginationOpts, cursor: first.continueCursor },
      author: "none",
    })) as { isDone: boolean };
    expect(last.isDone).toBe(true);
  });

  it("end a page at 16 MiB read, without losing or repeating a document", async () => {
    const large = await spawnEmbeddedConvex({ functionsDir: FIXTURE_FUNCTIONS_DIR });
    try {
      for (const firstRank of [0, 12]) {
        await call(large, "notes:addMany", { firstRank, count: 12, textBytes: 0.9 * MIB });
      }
      await expect(call(large, "notes:collect")).rejects.toThrow(
        "Too many bytes read in a single function execution (limit: 16777216 bytes).",
      );
      const all: number[] = [];
      let cursor: string | null = null;
      for (let isDone = false; !isDone;) {
        const paginationOpts: Record<string, JSONValue> = { numItems: 100, cursor };
        const next = (await call(large, "notes:page", { paginationOpts })) as {
          page: number[];
          isDone: boolean;
          continueCursor: string;
        };
        all.push(...next.page);
        ({ isDone, continueCursor: cursor } = next);
      }
      expect(all).toEqual(Array.from({ length: 24 }, (_, index) => index));
    } finally {
      await large.close();
    }
  });
});
