import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Files in backticks, and what relative links lead to, without their anchors. */
function namedIn(markdown: string): string[] {
  const quoted = [...markdown.matchAll(/`([\w.-]+(?:\/[\w.$-]+)+\.\w+|[\w-]+\.json)`/g)];
  const linked = [...markdown.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)];
  return [...quoted, ...linked].map(([, file]) => file ?? "");
}

test("every file that SECURITY.md names is there", async () => {
  const files = namedIn(await readFile(path.join(ROOT, "SECURITY.md"), "utf8"));
  expect(files.filter((file) => file.startsWith("tests/")).length).toBeGreaterThan(30);
  expect(files.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
});

test("a file that is not there would be noticed, and an address of the web is none", () => {
  const markdown =
    "`tests/no/such.test.ts`, [a guide](docs/no-guide.md#part), [web](https://x.test/a.md)";
  expect(namedIn(markdown)).toEqual(["tests/no/such.test.ts", "docs/no-guide.md"]);
});
