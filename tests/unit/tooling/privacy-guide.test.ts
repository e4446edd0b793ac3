import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { exportPolicy, POLICY_VERSION } from "../../../convex/exportPolicy";
import { renderPrivacyGuide } from "../../../scripts/lib/privacy-guide.mjs";

const GUIDE = fileURLToPath(new URL("../../../docs/guides/privacy.md", import.meta.url));

const policy = { version: POLICY_VERSION, tables: exportPolicy };

test("the privacy guide says what the policy does; if not, run npm run privacy-guide", async () => {
  const guide = await readFile(GUIDE, "utf8");
  expect(await renderPrivacyGuide(guide, policy)).toBe(guide);
  for (const [table, entry] of Object.entries(exportPolicy)) {
    expect(guide).toContain("fields" in entry ? `### ${table}\n` : `| \`${table}\` `);
  }
});

test("a change of the policy changes the guide, and nothing that people wrote in it", async () => {
  const guide = await readFile(GUIDE, "utf8");
  const changed = await renderPrivacyGuide(guide, {
    version: "9.9",
    tables: { ...exportPolicy, sites: { fields: { name: { personal: "email" } } } },
  });
  expect(changed).not.toBe(guide);
  expect(changed).toContain("version 9.9");
  const generated = /<!-- Made from[^]*<!-- End of/;
  expect(changed.replace(generated, "")).toBe(guide.replace(generated, ""));
});

test("a guide without the markers is refused", async () => {
  await expect(renderPrivacyGuide("# Privacy\n", policy)).rejects.toThrow(/markers/);
});
