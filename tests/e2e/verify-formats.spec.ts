import { randomUUID } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";
import { unzip } from "../support/unzip";
import { DOWNLOAD, RUNS, VERIFY } from "./support/addresses";
import {
  chooseFile,
  collectWarnings,
  exportFile,
  sha256,
  verdict,
  withByteChangedAt,
} from "./support/files";
import { expect, test } from "./support/fixtures";
import { expectNoSidewaysScroll } from "./support/sideways";

/** The formats that are read by a check of their own; verify.spec.ts has JSON. */

async function pack(files: readonly { path: string; content: Buffer }[]): Promise<Buffer> {
  const archive = new ZipFile();
  for (const { path, content } of files) archive.addBuffer(content, path);
  archive.end();
  return await buffer(archive.outputStream);
}

for (const width of [1280, 320]) {
  test.describe(`at ${width} pixels`, () => {
    test.use({ viewport: { width, height: 700 } });

    for (const format of ["ndjson", "zip"] as const) {
      test(`an export as ${format} is recognised, with its records and its run`, async ({
        page,
        signIn,
        http,
      }) => {
        const run = randomUUID();
        const session = await signIn();
        const { bytes } = await http.send(`${DOWNLOAD}?format=${format}&run=${run}`, { session });
        await page.goto(VERIFY);
        await chooseFile(page, exportFile(bytes, format));
        await expect(verdict(page, "This is the file that was exported")).toBeVisible();
        await expect(page.getByText(sha256(bytes))).toBeVisible();
        await expect(page.getByText("What is wrong")).toBeHidden();
        const onRecord = await page
          .getByText(/, with [\d,]+ records/)
          .first()
          .textContent();
        const records = /with ([\d,]+) records/.exec(onRecord ?? "")?.[1] ?? "none";
        await expect(page.getByText(records, { exact: true })).toBeVisible();
        const link = page.getByRole("link", { name: /^the export of .+ by Robin Hale$/ }).first();
        await expect(link).toHaveAttribute("href", `${RUNS}/${run}`);
      });
    }

    test("what is wrong with a bundle is told with its file, within the page's width", async ({
      page,
      signIn,
      http,
    }) => {
      const session = await signIn();
      const { bytes } = await http.send(`${DOWNLOAD}?format=zip`, { session });
      const path = "data/incidents.ndjson";
      const at = bytes.indexOf(path) + path.length + 20;
      await page.goto(VERIFY);
      await chooseFile(page, exportFile(withByteChangedAt(bytes, at), "zip"));
      await expect(verdict(page, "The file was changed or damaged")).toBeVisible();
      await expect(page.getByText(`${path}: The archive is damaged`)).toBeVisible();
      await expectNoSidewaysScroll(page);
    });
  });
}

test("one changed byte in NDJSON is found, also where no count tells of it", async ({
  page,
  signIn,
  http,
}) => {
  const session = await signIn();
  const { bytes } = await http.send(`${DOWNLOAD}?format=ndjson`, { session });
  const at = bytes.indexOf('"name":"') + '"name":"'.length;
  await page.goto(VERIFY);
  await chooseFile(page, exportFile(withByteChangedAt(bytes, at), "ndjson"));
  await expect(verdict(page, "The file was changed or damaged")).toBeVisible();
  await expect(page.getByText("their SHA-256 differs")).toBeVisible();
});

test("NDJSON that was cut at the end of a line, and a cut bundle, are told as such", async ({
  page,
  signIn,
  http,
}) => {
  const session = await signIn();
  const { bytes: ndjson } = await http.send(`${DOWNLOAD}?format=ndjson`, { session });
  const { bytes: zip } = await http.send(`${DOWNLOAD}?format=zip`, { session });
  await page.goto(VERIFY);
  await chooseFile(
    page,
    exportFile(ndjson.subarray(0, ndjson.lastIndexOf("\n", -2) + 1), "ndjson"),
  );
  await expect(verdict(page, "The file is cut off")).toBeVisible();
  await expect(page.getByText("its last line does not say that it is complete")).toBeVisible();
  await chooseFile(page, exportFile(zip.subarray(0, zip.length / 2), "zip"));
  await expect(page.getByText("the list of what is in it, which is its end")).toBeVisible();
  await expect(verdict(page, "The file is cut off")).toBeVisible();
});

test("a bundle from which a file is missing is told with its name", async ({
  page,
  signIn,
  http,
}) => {
  const session = await signIn();
  const { bytes } = await http.send(`${DOWNLOAD}?format=zip`, { session });
  const files = await unzip(bytes);
  await page.goto(VERIFY);
  const rest = files.filter(({ path }) => path !== "data/users.ndjson");
  await chooseFile(page, exportFile(await pack(rest), "zip"));
  await expect(verdict(page, "The file was changed or damaged")).toBeVisible();
  await expect(page.getByText("data/users.ndjson: the file is missing")).toBeVisible();
  await expect(page.getByText(/users: \d+ documents were exported, 0 are here/)).toBeVisible();
});

test("a bundle that was packed anew is complete, and is not the one on record", async ({
  page,
  signIn,
  http,
}) => {
  const session = await signIn();
  const { bytes } = await http.send(`${DOWNLOAD}?format=zip`, { session });
  await page.goto(VERIFY);
  await chooseFile(page, exportFile(await pack(await unzip(bytes)), "zip"));
  await expect(verdict(page, "A complete export, but not one on record")).toBeVisible();
});

test("an archive of something else is no export", async ({ page, signIn }) => {
  await signIn();
  await page.goto(VERIFY);
  const bytes = await pack([{ path: "holiday.txt", content: Buffer.from("sun\n") }]);
  await chooseFile(page, exportFile(bytes, "zip"));
  await expect(verdict(page, "This is not an export file")).toBeVisible();
  await expect(page.getByText("it has no manifest.json")).toBeVisible();
  await expect(page.getByText(sha256(bytes))).toBeVisible();
});

test("an archive is unpacked by the browser, which refuses nothing of it", async ({
  page,
  signIn,
  http,
  portal,
}) => {
  const warnings = collectWarnings(page);
  const session = await signIn();
  const { bytes } = await http.send(`${DOWNLOAD}?format=zip&tables=companies`, { session });
  await page.goto(VERIFY);
  const requested: string[] = [];
  page.on("request", (request) => requested.push(request.url()));
  const workers: string[] = [];
  page.on("worker", (worker) => workers.push(worker.url()));
  await chooseFile(page, exportFile(bytes, "zip"));
  await expect(verdict(page, "This is the file that was exported")).toBeVisible();
  expect(warnings).toEqual([]);
  expect(workers).toHaveLength(1);
  expect(requested.filter((url) => !url.startsWith(`${portal.origin}/`))).toEqual([]);
});

test("where the portal cannot be reached for what unpacks a bundle the page says so, and tries again", async ({
  page,
  signIn,
  http,
}) => {
  const session = await signIn();
  const { bytes } = await http.send(`${DOWNLOAD}?format=zip&tables=sites`, { session });
  await page.goto(VERIFY);
  const unpacking = /\/assets\/bundle-inspection-/;
  await page.context().route(unpacking, (route) => route.abort());
  await chooseFile(page, exportFile(bytes, "zip"));
  await expect(
    page.getByText(/could not be checked\. .*or the portal cannot be reached/),
  ).toBeVisible();
  await page.context().unroute(unpacking);
  await chooseFile(page, exportFile(bytes, "zip"));
  await expect(verdict(page, "This is the file that was exported")).toBeVisible();
});
