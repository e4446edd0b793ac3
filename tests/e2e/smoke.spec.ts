import { readFile } from "node:fs/promises";
import type { Locator } from "@playwright/test";
import { APPROVED_TABLES } from "../support/approved-tables";
import {
  danglingReferences,
  FILE_NAME,
  fileNamesBetween,
  findRelations,
  readExport,
  reprDigest,
  sampleDocuments,
  schemaErrors,
  unorderedTables,
} from "./support/export-file";
import { DOWNLOAD, EXPORT_PAGE, JSON_SCHEMA } from "./support/addresses";
import { isPageRead } from "./support/convex-proxy";
import { expect, test } from "./support/fixtures";
import { signInByForm } from "./support/form";
import { HTML } from "./support/http";
import { findSecrets } from "./support/secrets";

/** Tables of which the sample holds so few documents that all are measured. */
const SMALL_TABLE_RECORDS = 9;

/** Text of each row's cells, by the text of its header. */
async function readTable(table: Locator): Promise<Map<string, string[]>> {
  const rows = await table.getByRole("row").all();
  const entries = await Promise.all(
    rows.slice(1).map(async (row) => {
      const header = (await row.getByRole("rowheader").locator("code").allInnerTexts())[0];
      return [header ?? "Total", await row.getByRole("cell").allInnerTexts()] as const;
    }),
  );
  return new Map(entries);
}

test("an administrator signs in, sees what an export holds, and gets all of it with one button", async ({
  page,
  portal,
  convexProxy,
  database,
  http,
  secrets,
}) => {
  await page.goto("/");
  await expect(page).toHaveTitle(/Sign in/);
  await signInByForm(page);
  await expect(page).toHaveURL(`${portal.origin}/admin`);

  await page.getByRole("link", { name: "Tools" }).click();
  await expect(page).toHaveURL(`${portal.origin}/admin/tools`);
  await page.getByRole("link", { name: "Database Export" }).click();
  await expect(page).toHaveURL(portal.origin + EXPORT_PAGE);
  await expect(page.getByRole("heading", { level: 1, name: "Database Export" })).toBeVisible();

  const counts = await database.recordCounts();
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const rows = await readTable(page.getByRole("table", { name: "Tables" }));
  expect([...rows.keys()]).toEqual([...APPROVED_TABLES, "Total"]);
  for (const table of APPROVED_TABLES) {
    const [records, size] = rows.get(table)!;
    expect(records, table).toBe(counts[table]!.toLocaleString("en-AU"));
    expect(size, table).toMatch(
      counts[table]! <= SMALL_TABLE_RECORDS
        ? /^\d[\d.]* (byte|kB)/
        : /^≈ \d[\d.]* (kB|MB) ± \d+ %$/,
    );
  }
  expect(rows.get("Total")![0]).toBe(total.toLocaleString("en-AU"));
  await expect(page.getByText(/Record counts are exact/)).toBeVisible();

  const leftOut = page.getByRole("region", { name: "What is left out" });
  for (const name of ["debug_logs", "users.password", "sessions.sessionToken"]) {
    await expect(leftOut.getByText(name, { exact: true })).toBeVisible();
  }
  await expect(page.getByRole("heading", { name: /health information/ })).toBeVisible();

  const held = convexProxy.holdBack(isPageRead);
  const startedAtMs = Date.now();
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export Full Database" }).click();
  await held.arrived;
  const busy = page.getByRole("link", { name: "Preparing your export…" });
  await expect(busy).toHaveAttribute("aria-busy", "true");
  await expect(
    page.getByRole("status").filter({ hasText: "Preparing your export…" }),
  ).toBeAttached();
  held.release();
  const download = await downloading;
  const bytes = await readFile(await download.path());

  const name = download.suggestedFilename();
  expect(name).toMatch(FILE_NAME);
  expect(fileNamesBetween(startedAtMs, Date.now())).toContain(name);
  const file = readExport(bytes);
  const toast = page.getByRole("listitem").filter({ hasText: "Export ready" });
  await expect(toast).toContainText(name);
  await expect(toast).toContainText(`${total.toLocaleString("en-AU")} records`);
  await expect(toast).toContainText(`${(bytes.length / 1e6).toFixed(1)} MB`);
  await expect(page.getByRole("link", { name: "Export Full Database" })).toBeVisible();
  await expect(page).toHaveURL(portal.origin + EXPORT_PAGE);

  expect(file.metadata.recordCounts).toEqual(counts);
  expect(file.metadata.totalRecords).toBe(total);
  expect(file.metadata.exportedBy).toBe(await database.userId("system_admin@supportsignal.test"));
  const published = await http.send(JSON_SCHEMA, { accept: HTML });
  expect(schemaErrors(JSON.parse(published.text) as object, JSON.parse(bytes.toString()))).toEqual(
    [],
  );
  expect(findSecrets(bytes.toString(), secrets)).toEqual([]);
});

test("the file holds every document of the database, in order, with nothing but secrets changed", async ({
  http,
  sessionOf,
  secrets,
}) => {
  const answer = await http.send(DOWNLOAD, { session: await sessionOf("system_admin") });
  expect(answer.status).toBe(200);
  const file = readExport(answer.bytes);

  expect(Object.keys(file.data)).toEqual(APPROVED_TABLES);
  expect(Object.keys(file.metadata.recordCounts)).toEqual(APPROVED_TABLES);
  for (const table of APPROVED_TABLES) {
    expect(file.data[table], table).toHaveLength(file.metadata.recordCounts[table]!);
  }
  expect(unorderedTables(file.data)).toEqual([]);
  expect(danglingReferences(file)).toEqual([]);
  expect(findSecrets(answer.text, secrets)).toEqual([]);

  const { debug_logs: _, ...expected } = sampleDocuments();
  expect(file.metadata.relations).toMatchObject(findRelations(expected));
  const changed = [...file.metadata.sanitization.redactedFields, "users.password"];
  for (const table of APPROVED_TABLES) {
    const withoutSecrets = (document: Record<string, unknown>) =>
      Object.fromEntries(
        Object.entries(document).filter(([field]) => !changed.includes(`${table}.${field}`)),
      );
    const exported = new Map(file.data[table]!.map((document) => [document._id, document]));
    for (const document of expected[table]!) {
      expect(withoutSecrets(exported.get(document._id) ?? {})).toEqual(withoutSecrets(document));
    }
  }
});

test("credentials become fingerprints that still match within a file and differ between files", async ({
  http,
  sessionOf,
}) => {
  const session = await sessionOf("system_admin");
  const [first, second] = [
    readExport((await http.send(DOWNLOAD, { session })).bytes),
    readExport((await http.send(DOWNLOAD, { session })).bytes),
  ];
  const tokens = (file: typeof first) => file.data["sessions"]!.map((row) => row["sessionToken"]);
  for (const token of [...tokens(first), ...tokens(second)]) {
    expect(token).toMatch(/^fingerprint:[0-9a-f]{32}$/);
  }
  expect(tokens(first).filter((token) => tokens(second).includes(token))).toEqual([]);
  // Those of the sample data; other tests may have added some that lead to no session.
  const sampled = new Set(sampleDocuments()["impersonation_sessions"]!.map(({ _id }) => _id));
  const rows = first.data["impersonation_sessions"]!.filter(({ _id }) => sampled.has(_id));
  expect(rows).toHaveLength(sampled.size);
  for (const row of rows) expect(tokens(first)).toContain(row["original_session_token"]);
});

test("the headers of a download fit its bytes", async ({ http, sessionOf, database }) => {
  const run = crypto.randomUUID();
  const fromMs = Date.now();
  const { headers, bytes } = await http.send(`${DOWNLOAD}?run=${run}`, {
    session: await sessionOf("system_admin"),
  });
  const [, name = ""] = /^attachment; filename="(.+)"$/.exec(headers.get("Content-Disposition")!)!;
  expect(fileNamesBetween(fromMs, Date.now())).toContain(name);
  expect(headers.get("Content-Type")).toBe("application/json; charset=utf-8");
  expect(headers.get("Content-Length")).toBe(String(bytes.length));
  expect(headers.get("Content-Encoding")).toBeNull();
  expect(headers.get("Accept-Ranges")).toBe("bytes");
  expect(headers.get("ETag")).toMatch(/^"[\da-f]{64}"$/);
  expect(headers.get("Repr-Digest")).toBe(reprDigest(bytes));
  expect(headers.get("Cache-Control")).toBe("private, no-store");
  expect(headers.get("X-Request-Id")).toMatch(/^[\da-f-]{36}$/);

  const audited = await expect
    .poll(() => database.run(run).then((row) => row?.outcome))
    .toBe("completed")
    .then(() => database.run(run));
  const digest = Buffer.from(audited!.digest!, "hex").toString("base64");
  expect(`sha-256=:${digest}:`).toBe(headers.get("Repr-Digest"));
  expect(audited).toMatchObject({
    fileName: name,
    bytes: bytes.length,
    totalRecords: readExport(bytes).metadata.totalRecords,
    requestId: headers.get("X-Request-Id"),
  });
});

test("what is written while an export runs is not in its file", async ({
  http,
  convexProxy,
  database,
  sessionOf,
}) => {
  const WRITES = 200;
  const session = await sessionOf("system_admin");
  const userId = await database.userId("demo_admin@supportsignal.test");
  const before = await database.recordCounts();
  const held = convexProxy.holdBack(isPageRead);
  const downloading = http.send(DOWNLOAD, { session });
  await held.arrived;
  for (let write = 0; write < WRITES; write += 1) {
    const late = { userId, token: `late-${write}`, expires: 0 };
    await database.insert("password_reset_tokens", [late]);
  }
  held.release();
  const { metadata, data } = readExport((await downloading).bytes);
  expect(metadata.recordCounts).toEqual(before);
  expect(data["password_reset_tokens"]).toHaveLength(before["password_reset_tokens"]!);
  const after = await database.recordCounts();
  expect(after["password_reset_tokens"]).toBe(before["password_reset_tokens"]! + WRITES);
});
