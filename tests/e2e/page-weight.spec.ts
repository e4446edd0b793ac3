import { gzipSync } from "node:zlib";
import { EXPORT_PAGE } from "./support/addresses";
import { expect, test } from "./support/fixtures";

/** Compressed JavaScript that the export page may load by itself, in bytes. */
const MOST_JAVASCRIPT = 120_000;

test("the export page loads 120 kB of JavaScript at most, compressed", async ({ page, signIn }) => {
  await signIn();
  const loading: Promise<Buffer>[] = [];
  page.on("response", (response) => {
    if (new URL(response.url()).pathname.endsWith(".js")) loading.push(response.body());
  });
  await page.goto(EXPORT_PAGE, { waitUntil: "networkidle" });
  const scripts = await Promise.all(loading);
  expect(scripts.length).toBeGreaterThan(5);
  const bytes = scripts.reduce((sum, script) => sum + gzipSync(script).byteLength, 0);
  expect(bytes).toBeLessThanOrEqual(MOST_JAVASCRIPT);
});

test("what the export page says is in its first answer, before any script", async ({
  http,
  sessionOf,
}) => {
  const session = await sessionOf("system_admin");
  const { text } = await http.send(EXPORT_PAGE, { session, accept: "text/html" });
  const body = text.slice(text.indexOf("<body"), text.indexOf("<script"));
  for (const shown of ["Export Full Database", "1,683", "Newest record", "Total"]) {
    expect(body).toContain(shown);
  }
});

test("modules that are loaded ahead of time let the stylesheet pass", async ({ http }) => {
  const { text } = await http.send("/login", { accept: "text/html" });
  const links = text.match(/<link[^>]*>/g) ?? [];
  const preloaded = links.filter((link) => link.includes('rel="modulepreload"'));
  expect(preloaded.length).toBeGreaterThan(2);
  for (const link of preloaded) expect(link).toContain('fetchpriority="low"');
  const [stylesheet, ...others] = links.filter((link) => link.includes('rel="stylesheet"'));
  expect(others).toEqual([]);
  expect(stylesheet).not.toContain("fetchpriority");
});
