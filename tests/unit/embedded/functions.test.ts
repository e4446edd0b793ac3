import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EmbeddedConvex } from "~/embedded";
import { spawnEmbeddedConvex } from "~/embedded";
import { isDocumentIdShape, newDocumentId } from "~/embedded/ids";
import { call, FIXTURE_FUNCTIONS_DIR, post } from "./client";

let convex: EmbeddedConvex;

beforeAll(async () => {
  convex = await spawnEmbeddedConvex({ functionsDir: FIXTURE_FUNCTIONS_DIR });
});
afterAll(() => convex.close());

const errorMessage = async (path: string, args: unknown = {}) =>
  (await post(convex, "/api/query", { path, args })).body?.errorMessage ?? "";

describe("ids", () => {
  it("are new, and look like those of Convex", () => {
    const ids = Array.from({ length: 1_000 }, newDocumentId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => id.length === 32 && isDocumentIdShape(id))).toBe(true);
  });

  it.each(["", "short", "U".repeat(32), "i".repeat(32), "0".repeat(38), `${"0".repeat(31)} `])(
    "are told from other strings: %j",
    (text) => {
      expect(isDocumentIdShape(text)).toBe(false);
    },
  );

  it("of the right table, and of documents that never were, are accepted as arguments", async () => {
    const id = (await call(convex, "notes:addOwner", { name: "Ana" })) as string;
    expect(await call(convex, "values:owner", { id })).toBe("Ana");
    expect(await call(convex, "values:owner", { id: newDocumentId() })).toBeNull();
    expect(await call(convex, "values:normalize", { id })).toBe(id);
  });

  it("of another table are refused as Convex does", async () => {
    const id = (await call(convex, "notes:add", { author: "a", rank: 1, text: "t" })) as string;
    expect(await errorMessage("values:owner", { id })).toContain(
      `ArgumentValidationError: Found ID "${id}" from table \`notes\`, which does not match the ` +
        'table name in validator `v.id("owners")`.Path: .id',
    );
    expect(await call(convex, "values:normalize", { id })).toBeNull();
  });

  it("that are none are refused", async () => {
    expect(await errorMessage("values:owner", { id: "nobody" })).toContain(
      'Value does not match validator.\nPath: .id\nValue: "nobody"\nValidator: v.id("owners")',
    );
    expect(await call(convex, "values:normalize", { id: "nobody" })).toBeNull();
  });
});

describe("arguments", () => {
  it.each([
    [{}, "Object is missing the required field `name`."],
    [{ name: "a", more: 1 }, "Object contains extra field `more` that is not in the validator."],
    [{ name: 1 }, "Path: .name\nValue: 1.0\nValidator: v.string()"],
    [[], "Expected to receive a single object as the function's argument. Instead received 0"],
    [[{ name: "a" }, 1], "Instead received 2 arguments"],
    ["text", 'Expected to receive an object as the function\'s argument. Instead received: "text"'],
    [{ name: { $integer: "!" } }, "Invalid arguments for notes.js:addOwner"],
  ])("%j are refused", async (args, message) => {
    const { status, body } = await post(convex, "/api/mutation", { path: "notes:addOwner", args });
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: "error" });
    expect(body?.errorMessage).toContain(message);
  });
});

describe("errors", () => {
  it("of a function carry its message and frames without machine paths", async () => {
    const message = await errorMessage("values:fail", { how: "error" });
    expect(message).toMatch(
      /^\[Request ID: [0-9a-f]{16}\] Server Error\nUncaught Error: broken on purpose\n {4}at .*\(\.\.\/convex\/values\.ts:\d+:\d+\)\n/,
    );
    expect(message).not.toContain(FIXTURE_FUNCTIONS_DIR);
  });

  it("that are ConvexErrors carry their data in the format asked for", async () => {
    const request = { path: "values:fail", args: { how: "convexError" } };
    const plain = await post(convex, "/api/query", request);
    expect(plain.body?.errorData).toEqual({ code: "teapot", size: "3" });
    const encoded = await post(convex, "/api/query", { ...request, format: "convex_json" });
    expect(encoded.body?.errorData).toEqual({ code: "teapot", size: { $integer: "AwAAAAAAAAA=" } });
    expect(encoded.body?.errorMessage).toContain("Uncaught ConvexError: ");
  });

  it("of a called mutation undo what it wrote, and reach the caller", async () => {
    expect(await call(convex, "values:survive")).toMatchObject({ reason: "undone", owners: 1 });
  });

  it("name a return value that its validator refuses", async () => {
    expect(await errorMessage("values:wrongReturn")).toContain(
      "ReturnsValidationError: Value does not match validator.",
    );
  });
});

describe("calls", () => {
  it("through an action run as transactions of their own", async () => {
    expect(await call(convex, "values:act", { name: "Bo" })).toBe("Bo");
  });

  it("of an internal function are for administrators only", async () => {
    const request = { path: "values:hidden", args: {} };
    expect((await post(convex, "/api/query", request)).body?.value).toBe("hidden");
    const anonymous = await post(convex, "/api/query", request, {});
    expect(anonymous.body?.errorMessage).toContain(
      "Could not find public function for 'values:hidden'.",
    );
  });

  it("of a public function need no key", async () => {
    const request = { path: "values:echo", args: { value: "hi" } };
    expect((await post(convex, "/api/query", request, {})).body?.value).toBe("hi");
  });

  it("come back with what the function logged", async () => {
    const { body } = await post(convex, "/api/query", { path: "values:log", args: {} });
    expect(body?.logLines).toEqual(["[INFO] 'hello' { answer: 42 }"]);
  });

  it("of another type say which it is", async () => {
    expect(await errorMessage("notes:add")).toContain(
      "Trying to execute notes.js:add as Query, but it is defined as Mutation.",
    );
  });
});

describe("formats", () => {
  const value = {
    big: { $integer: "/////////38=" },
    bytes: { $bytes: "AAEC" },
    negativeZero: { $float: "AAAAAAAAAIA=" },
    nan: { $float: "AAAAAAAA+H8=" },
    whole: 1,
    list: [null, true, "t"],
  };
  const text = async (format: string | undefined) => {
    const response = await fetch(`${convex.url}/api/query`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ path: "values:echo", args: { value }, format }),
    });
    return (await response.text()).replace('{"status":"success","value":', "").slice(0, -1);
  };

  it.each(["convex_encoded_json", "convex_json"])("%s is lossless", async (format) => {
    expect(JSON.parse(await text(format))).toEqual(value);
  });

  it.each([undefined, "json"])("%s turns what JSON lacks into strings", async (format) => {
    expect(await text(format)).toBe(
      '{"big":"9223372036854775807","bytes":"AAEC","list":[null,true,"t"],"nan":"NaN",' +
        '"negativeZero":-0.0,"whole":1.0}',
    );
  });

  it("export_json tells integers from floats by the dot", async () => {
    expect(await text("export_json")).toBe(
      '{"big":9223372036854775807,"bytes":{"$bytes":"AAEC"},"list":[null,true,"t"],' +
        '"nan":{"$float":"AAAAAAAA+H8="},"negativeZero":-0.0,"whole":1.0}',
    );
  });
});
