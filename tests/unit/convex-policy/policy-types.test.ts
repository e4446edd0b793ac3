import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const CONVEX = fileURLToPath(new URL("../../../convex", import.meta.url));
const POLICY = path.join(CONVEX, "exportPolicy.ts");

const parsed = ts.parseJsonConfigFileContent(
  ts.readConfigFile(path.join(CONVEX, "tsconfig.json"), (file) => ts.sys.readFile(file)).config,
  ts.sys,
  CONVEX,
);

/** Parsed files are shared between programs: only the changed ones differ. */
const unchanged = new Map<string, ts.SourceFile | undefined>();

/**
 * Beside tests/types/export-policy.ts, which holds the rules on a small model, this shows that
 * they hold on the real schema. What the compiler says of `exportPolicy.ts` with one file of `convex/` changed in memory. The
 * change must apply, so that a test cannot pass because the text it looks for is gone.
 */
function errorsWith(file: string, before: string, after: string): string[] {
  const changed = path.join(CONVEX, file);
  const original = readFileSync(changed, "utf8");
  if (!original.includes(before)) throw new Error(`${file} does not hold: ${before}`);
  const text = original.replace(before, after);
  const host = ts.createCompilerHost(parsed.options);
  const readSource = host.getSourceFile.bind(host);
  host.getSourceFile = (name, options) => {
    if (path.resolve(name) === changed) return ts.createSourceFile(name, text, options);
    if (!unchanged.has(name)) unchanged.set(name, readSource(name, options));
    return unchanged.get(name);
  };
  const program = ts.createProgram([POLICY], parsed.options, host);
  return program
    .getSemanticDiagnostics(program.getSourceFile(POLICY))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

test("the policy of the schema as it is compiles", () => {
  expect(errorsWith("exportPolicy.ts", "export", "export")).toEqual([]);
});

describe("the compiler refuses", () => {
  test.each<[string, string, string, string, RegExp]>([
    [
      "a field of the schema that is not classified",
      "tables/identity.ts",
      "    slug: v.string(),",
      "    slug: v.string(),\n    tax_file_number: v.string(),",
      /tax_file_number/,
    ],
    [
      "a table of the schema that is not classified",
      "tables/ai.ts",
      "export const aiTables = {",
      "export const aiTables = {\n  biometrics: defineTable({ iris: v.string() }),",
      /biometrics/,
    ],
    [
      "a field that the schema does not have",
      "exportPolicy.ts",
      'slug: { public: "text" },',
      'slug: { public: "text" },\n      nickname: "public",',
      /nickname/,
    ],
    [
      "a field of any type that is passed on unsearched",
      "exportPolicy.ts",
      'input_data: "opaque"',
      'input_data: "public"',
      /"public".*"opaque"|input_data/s,
    ],
    [
      "an id that is no reference",
      "exportPolicy.ts",
      'company_id: "reference"',
      'company_id: "public"',
      /"reference"|company_id/s,
    ],
  ])("%s", (_name, file, before, after, message) => {
    const errors = errorsWith(file, before, after);
    expect(errors).not.toEqual([]);
    expect(errors.join("\n")).toMatch(message);
  });
});
