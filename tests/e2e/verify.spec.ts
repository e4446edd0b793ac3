import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";
import { DOWNLOAD, RUNS, VERIFY } from "./support/addresses";
import {
  chooseFile,
  collectWarnings,
  dropFile,
  jsonFile,
  makeSparseFile,
  sha256,
  verdict,
  withChangedByte,
} from "./support/files";
import { expect, test } from "./support/fixtures";
import { problemOf } from "./support/http";

/** Larger than what a browser gives one piece of memory for (1 GiB and a little). */
const LARGE_BYTES = 1024 ** 3 + 17;

for (const width of [1280, 320]) {
  test.describe(`at ${width} pixels`, () => {
    test.use({ viewport: { width, height: 700 } });

    test("the file of an export is recognised, with who made it and a link to the run", async ({
      page,
      signIn,
      http,
    }) => {
      const run = randomUUID();
      const session = await signIn();
      const { bytes } = await http.send(`${DOWNLOAD}?run=${run}`, { session });
      await page.goto(VERIFY);
      await chooseFile(page, jsonFile(bytes));
      await expect(verdict(page, "This is the file that was exported")).toBeVisible();
      await expect(page.getByText(sha256(bytes))).toBeVisible();
      const link = page.getByRole("link", { name: /^the export of .+ by Robin Hale$/ }).first();
      await expect(link).toHaveAttribute("href", `${RUNS}/${run}`);
    });

    test("one changed byte makes it a file that nobody exported", async ({
      page,
      signIn,
      http,
    }) => {
      const session = await signIn();
      const bytes = withChangedByte((await http.send(DOWNLOAD, { session })).bytes);
      await page.goto(VERIFY);
      await chooseFile(page, jsonFile(bytes));
      await expect(verdict(page, "A complete export, but not one on record")).toBeVisible();
      await expect(page.getByText("No export on record has this digest")).toBeVisible();
      await expect(page.getByText(sha256(bytes))).toBeVisible();
    });

    test("a file of another kind is told as such", async ({ page, signIn }) => {
      await signIn();
      await page.goto(VERIFY);
      const picture = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0xff, 0x00]);
      const others = [picture, Buffer.from("{}\n"), Buffer.from('{"metadata":1,"data":{}}')];
      for (const [index, bytes] of others.entries()) {
        await chooseFile(page, jsonFile(bytes, `other-${index}.json`));
        await expect(page.getByText(sha256(bytes))).toBeVisible();
        await expect(verdict(page, "This is not an export file")).toBeVisible();
      }
    });
  });
}

test("a file that is dropped on the field is checked, as one that is chosen", async ({
  page,
  signIn,
  http,
}) => {
  const session = await signIn();
  const { bytes } = await http.send(DOWNLOAD, { session });
  const folder = await mkdtemp(path.join(tmpdir(), "drop-"));
  try {
    const file = path.join(folder, "dropped.json");
    await writeFile(file, bytes);
    await page.goto(VERIFY);
    const field = page.getByLabel("Choose an export file");
    await expect(field).toBeEnabled();
    await dropFile(page, field, file);
    await expect(verdict(page, "This is the file that was exported")).toBeVisible();
    await expect(page.getByText("dropped.json", { exact: true })).toBeVisible();
    await expect(page).toHaveURL(new RegExp(`${VERIFY}$`));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a change that breaks the structure is told with its line", async ({ page, signIn, http }) => {
  const session = await signIn();
  const { text } = await http.send(`${DOWNLOAD}?tables=companies`, { session });
  const lines = text.split("\n");
  const broken = lines.findIndex((line) => line.includes('"_id"')) + 1;
  lines[broken] = lines[broken]!.replace('"_id"', '"id"');
  await page.goto(VERIFY);
  await chooseFile(page, jsonFile(Buffer.from(lines.join("\n"))));
  await expect(verdict(page, "The file was changed or damaged")).toBeVisible();
  const line = (broken + 1).toLocaleString("en-AU");
  await expect(page.getByText(`Line ${line}: the document has no _id`)).toBeVisible();
});

test("a file that was cut off is told as such, and so is one without any bytes", async ({
  page,
  signIn,
  http,
}) => {
  const session = await signIn();
  const { bytes } = await http.send(DOWNLOAD, { session });
  await page.goto(VERIFY);
  await chooseFile(page, jsonFile(bytes.subarray(0, -100)));
  await expect(verdict(page, "The file is cut off")).toBeVisible();
  await chooseFile(page, jsonFile(Buffer.alloc(0)));
  await expect(verdict(page, "The file is empty")).toBeVisible();
});

test("the content of the file is not sent anywhere, only its digest", async ({
  page,
  portal,
  signIn,
  http,
}) => {
  const session = await signIn();
  const { bytes } = await http.send(`${DOWNLOAD}?tables=companies`, { session });
  await page.goto(VERIFY);
  const sent: string[] = [];
  page.on("request", (request) => {
    sent.push(`${request.method()} ${request.url()} ${request.postData() ?? ""}`);
  });
  await chooseFile(page, jsonFile(bytes));
  await expect(verdict(page, "This is the file that was exported")).toBeVisible();
  // Beside what Remix and the browser ask for by themselves: code, what pages there are, the icon.
  const asked = sent.filter((request) => !/\/assets\/|\/__manifest\?|\/favicon/.test(request));
  expect(asked).toEqual([`GET ${portal.origin}${VERIFY}/match?digest=${sha256(bytes)} `]);
});

test("a file of more than 1 GB is read in pieces, with its progress, and can be stopped", async ({
  page,
  signIn,
}) => {
  test.setTimeout(180_000);
  const folder = await mkdtemp(path.join(tmpdir(), "supportsignal-verify-"));
  try {
    const file = path.join(folder, "large.json");
    await makeSparseFile(file, LARGE_BYTES);
    await signIn();
    await page.goto(VERIFY);
    await chooseFile(page, file);
    const progress = page.getByRole("progressbar", { name: /^Checking large\.json/ });
    await expect(progress).toHaveAttribute("max", String(LARGE_BYTES));
    await expect
      .poll(async () => Number(await progress.getAttribute("value")))
      .toBeGreaterThan(10_000_000);
    await page.getByRole("button", { name: "Stop" }).click();
    await expect(progress).toBeHidden();

    await chooseFile(page, file);
    await expect(verdict(page, "This is not an export file")).toBeVisible({ timeout: 120_000 });
    await expect(page.getByText("(1,073,741,841 bytes)")).toBeVisible();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("where the history cannot be asked the page says so, and asks again", async ({
  page,
  signIn,
  http,
  convexProxy,
}) => {
  const session = await signIn();
  const { bytes } = await http.send(`${DOWNLOAD}?tables=sites`, { session });
  await page.goto(VERIFY);
  convexProxy.answerInstead(({ path }) => path === "exportRuns:findByDigest", 401, {
    code: "Unauthorized",
    message: "The key was refused.",
  });
  await chooseFile(page, jsonFile(bytes));
  await expect(verdict(page, "The file was read, but not looked up")).toBeVisible();
  await expect(page.getByText(/^Request id /)).toBeVisible();
  convexProxy.reset();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(verdict(page, "This is the file that was exported")).toBeVisible();
});

test("where the session has ended the page leads to the sign-in and back", async ({
  page,
  signIn,
}) => {
  await signIn();
  await page.goto(VERIFY);
  await page.context().clearCookies();
  await chooseFile(page, jsonFile(Buffer.from("{}")));
  await page.getByRole("link", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/login\?redirectTo=.*verify$/);
});

test("the worker comes from the portal, and nothing is refused by the browser's policy", async ({
  page,
  signIn,
  http,
  portal,
}) => {
  const warnings = collectWarnings(page);
  const session = await signIn();
  const answer = await http.send(VERIFY, { session });
  expect(answer.headers.get("Content-Security-Policy")).toContain("worker-src 'self';");
  await page.goto(VERIFY);
  const worker = page.waitForEvent("worker");
  await chooseFile(page, jsonFile(Buffer.from("{}\n")));
  expect((await worker).url()).toMatch(new RegExp(`^${portal.origin}/assets/`));
  await expect(verdict(page, "This is not an export file")).toBeVisible();
  expect(warnings).toEqual([]);
});

test("a digest that is none is refused by name", async ({ http, sessionOf }) => {
  const session = await sessionOf("system_admin");
  const digest = "0".repeat(64);
  for (const [query, parameter] of [
    ["", "digest"],
    ["?digest=", "digest"],
    ["?digest=abc", "digest"],
    [`?digest=${digest}0`, "digest"],
    [`?digest=${"g".repeat(64)}`, "digest"],
    [`?digest=${digest}&digest=${digest}`, "digest"],
    [`?digest=${digest}&colour=red`, "colour"],
  ] as const) {
    const answer = await http.send(`${VERIFY}/match${query}`, { session });
    expect(answer.status, query).toBe(400);
    expect(problemOf(answer).problems?.map((problem) => problem.parameter)).toEqual([parameter]);
  }
  const none = await http.send(`${VERIFY}/match?digest=${digest.toUpperCase()}`, { session });
  expect(JSON.parse(none.text)).toEqual({ matches: [] });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the page says how to check a file by hand", async ({ page, signIn }) => {
    await signIn();
    await page.goto("/admin/tools");
    await page.getByRole("link", { name: "Verify a file" }).click();
    await expect(page.locator("noscript p")).toContainText("needs JavaScript");
    await expect(page.locator("noscript p")).toBeVisible();
    await expect(page.getByText("sha256sum FILE")).toBeVisible();
    await expect(page.getByText("verify FILE --digest SHA256")).toBeVisible();
    // It could do nothing.
    await expect(page.getByText("Choose an export file")).toBeHidden();
  });
});
