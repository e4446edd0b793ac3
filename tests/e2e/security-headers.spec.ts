import type { BrowserContext, Page } from "@playwright/test";
import { sendRaw } from "../support/http-server";
import { ADMIN_PAGES, DOWNLOAD, EXPORT_PAGE, JSON_SCHEMA, RUNS } from "./support/addresses";
import { isPageRead } from "./support/convex-proxy";
import { expect, test } from "./support/fixtures";
import { signInByForm } from "./support/form";
import { HTML } from "./support/http";
import type { HttpAnswer } from "./support/http";
import { startOtherSite } from "./support/other-site";
import { startPortal } from "./support/portal";

/** The page tells of a failure after its own waits for Convex (45 s). */
const TOAST_TIMEOUT_MS = 45_000;

/** Chromium's own line for an answer that is an error on purpose. */
const EXPECTED_STATUS = /^Failed to load resource: the server responded with a status of [45]\d\d/;

/** Everything that the pages of a browser complain about: violations, errors, warnings of React. */
async function collectComplaints(context: BrowserContext, page: Page): Promise<string[]> {
  const complaints: string[] = [];
  await context.exposeFunction("complain", (text: string) => complaints.push(text));
  await context.addInitScript(() => {
    const complain = Reflect.get(window, "complain") as (text: string) => void;
    document.addEventListener("securitypolicyviolation", (event) => {
      complain(`${location.href}: ${event.violatedDirective} forbids ${event.blockedURI}`);
    });
  });
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    if (!["error", "warning"].includes(message.type()) || EXPECTED_STATUS.test(text)) return;
    complaints.push(`${page.url()}: ${text}`);
  });
  return complaints;
}

test("no page breaks its content security policy, whatever it is doing", async ({
  page,
  context,
  portal,
  database,
  convexProxy,
}) => {
  test.setTimeout(3 * TOAST_TIMEOUT_MS);
  const complaints = await collectComplaints(context, page);
  const { email } = await database.addUser("system_admin");
  const toast = (text: string) => page.getByRole("listitem").filter({ hasText: text });

  await page.goto("/login?redirectTo=%2Fadmin");
  await signInByForm(page, email, "not the password");
  await expect(page.getByRole("alert")).toBeVisible();
  await signInByForm(page, email);
  await expect(page).toHaveURL(`${portal.origin}/admin`);
  await page.getByRole("link", { name: "Tools" }).click();
  await expect(page).toHaveURL(`${portal.origin}/admin/tools`);
  await page.getByRole("link", { name: "Database Export" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Database Export" })).toBeVisible();
  await page.getByRole("button", { name: /^Account/ }).click();
  await expect(page.getByRole("button", { name: "Sign out", exact: true })).toBeVisible();
  await page.keyboard.press("Escape");

  const held = convexProxy.holdBack(isPageRead);
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export Full Database" }).click();
  await held.arrived;
  await expect(page.getByRole("progressbar")).toBeVisible();
  held.release();
  await (await downloading).path();
  await expect(toast("Export ready")).toBeVisible();
  await toast("Export ready").getByRole("button", { name: /close/i }).click();

  convexProxy.answerInstead(isPageRead, 503, { code: "InternalServerError", message: "Try again" });
  await page.getByRole("link", { name: "Export Full Database" }).click();
  await expect(toast("The export failed")).toBeVisible({ timeout: TOAST_TIMEOUT_MS });
  convexProxy.reset();

  for (const address of [...ADMIN_PAGES, "/nowhere", "/admin/nowhere", `${DOWNLOAD}?colour=red`]) {
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  }
  convexProxy.goDown();
  await page.goto(EXPORT_PAGE);
  await expect(page.getByRole("heading", { name: "Database unreachable" })).toBeVisible();
  convexProxy.reset();

  await page.goto("/admin");
  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(page).toHaveURL(`${portal.origin}/login`);
  await signInByForm(page, "company_admin@supportsignal.test");
  await expect(page.getByRole("heading", { name: "Not allowed" })).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(`${portal.origin}/login`);

  expect(complaints).toEqual([]);
});

test("a script that gets into a page does not run, in none of the ways there are", async ({
  page,
  signIn,
}) => {
  await signIn();
  await page.goto(EXPORT_PAGE);
  await page.evaluate(async () => {
    const ran: string[] = [];
    const blocked = new Set<string>();
    Object.assign(window, { ran, blocked, mark: (name: string) => ran.push(name) });
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
      blocked.add(effectiveDirective),
    );
    const add = (html: string) => {
      const holder = document.createElement("div");
      // Scripts of markup do not run by themselves; those of a range do.
      holder.append(document.createRange().createContextualFragment(html));
      document.body.append(holder);
      return holder;
    };
    add(`<script>mark("inline")</script>`);
    add(`<script nonce="guessed">mark("wrong nonce")</script>`);
    add(`<script src="data:text/javascript,mark('data')"></script>`);
    add(`<script src="http://localhost:9/evil.js" onload="mark('foreign')"></script>`);
    add(`<img src="/nowhere.png" onerror="mark('handler')">`);
    add(`<img src="http://localhost:9/pixel.png" alt="">`);
    add(`<a href="javascript:mark('address')">x</a>`).querySelector("a")?.click();
    add(`<base href="http://localhost:9/">`);
    add(`<object data="/favicon.svg"></object>`);
    add(`<iframe src="http://localhost:9/"></iframe>`);
    add(`<style>body { --injected: yes }</style>`);
    add(`<form action="http://localhost:9/" method="post"></form>`).querySelector("form")?.submit();
    await fetch("http://localhost:9/").catch(() => undefined);
    // The page's own nonce shows that this test would notice a script that runs.
    const nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "";
    add(`<script nonce="${nonce}">mark("own nonce")</script>`);
    // In a task of its own: what a debugger runs may use eval.
    const tryEval = `try { eval("mark('eval')") } catch { blocked.add("eval") }`;
    add(`<script nonce="${nonce}">setTimeout(() => { ${tryEval} })</script>`);
  });
  const read = (name: string) =>
    page.evaluate((key) => [...(Reflect.get(window, key) as Iterable<string>)].sort(), name);
  await expect
    .poll(() => read("blocked"))
    .toEqual([
      "base-uri",
      "connect-src",
      "eval",
      "form-action",
      "frame-src",
      "img-src",
      "object-src",
      "script-src", // what `eval` breaks
      "script-src-attr",
      "script-src-elem",
      "style-src-elem",
    ]);
  expect(await read("ran")).toEqual(["own nonce"]);
  const { base, injected } = await page.evaluate(() => ({
    base: document.baseURI,
    injected: getComputedStyle(document.body).getPropertyValue("--injected"),
  }));
  expect(base).toBe(page.url());
  expect(injected).toBe("");
});

test("no other site can put the portal into a frame", async ({ page, portal, signIn }) => {
  await signIn();
  const addresses = ["/login", "/admin", EXPORT_PAGE, `${DOWNLOAD}?colour=red`, "/nowhere"];
  const frames = addresses.map((address) => `<iframe src="${portal.origin}${address}"></iframe>`);
  const site = await startOtherSite(frames.join(""));
  try {
    await page.goto(site.url);
    const inner = page.frames().slice(1);
    expect(inner).toHaveLength(addresses.length);
    for (const frame of inner) {
      await expect.poll(() => frame.url()).toMatch(/^chrome-error:/);
    }
  } finally {
    await site.stop();
  }
});

/** What every answer has, an error as well as a page. */
function expectHardened({ headers }: HttpAnswer, what: string): void {
  expect(headers.get("Content-Security-Policy"), what).toMatch(/^default-src 'none';/);
  expect(headers.get("Content-Security-Policy"), what).not.toContain("unsafe");
  expect(headers.get("Content-Security-Policy"), what).toContain("frame-ancestors 'none'");
  expect(headers.get("Permissions-Policy"), what).toContain("camera=()");
  expect(Object.fromEntries(headers), what).toMatchObject({
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  });
}

test("every answer is hardened, and none but public files may be kept in a cache", async ({
  http,
  sessionOf,
  page,
}) => {
  const [admin, other] = [await sessionOf("system_admin"), await sessionOf("company_admin")];
  const run = `${RUNS}/${crypto.randomUUID()}`;
  const reads = ["/", "/login", ...ADMIN_PAGES, `${EXPORT_PAGE}.data`, run, "/nowhere"];
  reads.push(`${DOWNLOAD}?colour=red`, "/assets/nowhere.js", "/%zz", "/__manifest", "/robots.txt");
  for (const session of [admin, other, undefined]) {
    for (const accept of [HTML, "application/json"]) {
      for (const address of reads) {
        const answer = await http.send(address, { accept, ...(session && { session }) });
        const what = `${answer.status} ${address} ${accept}`;
        expectHardened(answer, what);
        expect(answer.headers.get("Cache-Control"), what).toBe("private, no-store");
      }
    }
  }
  const file = await http.send(`${DOWNLOAD}?tables=companies`, { session: admin });
  expect(file.status).toBe(200);
  expectHardened(file, "download");
  expect(file.headers.get("Cache-Control")).toBe("private, no-store");

  const refused: [status: number, method: string, headers: Record<string, string>][] = [
    [405, "PUT", {}],
    [405, "OPTIONS", {}],
    [403, "POST", { Origin: "https://evil.test" }],
    [403, "POST", { Cookie: admin.cookie }],
  ];
  for (const [status, method, headers] of refused) {
    const answer = await http.send("/logout", { method, headers });
    expect(answer.status, method).toBe(status);
    expectHardened(answer, `${method} ${status}`);
    expect(answer.headers.get("Cache-Control")).toBe("private, no-store");
  }
  const { port } = new URL(http.origin);
  for (const [status, line] of [
    [411, "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    [413, "Content-Length: 70000\r\n\r\n"],
  ] as const) {
    const head = "POST /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    const answer = await sendRaw(Number(port), head + line);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toMatch(/^Cache-Control: private, no-store\r$/m);
  }

  await page.goto("/login");
  const asset = page.locator("script[src^='/assets/'], link[href^='/assets/']").first();
  const path = (await asset.getAttribute("href")) ?? (await asset.getAttribute("src")) ?? "";
  const cached: [address: string, value: string][] = [
    [path, "public, max-age=31536000, immutable"],
    ["/favicon.svg", "public, max-age=3600"],
    [JSON_SCHEMA, "public, max-age=3600"],
  ];
  for (const [address, value] of cached) {
    const answer = await http.send(address);
    expect(answer.status, address).toBe(200);
    expectHardened(answer, address);
    expect(answer.headers.get("Cache-Control"), address).toBe(value);
  }
  for (const address of ["/healthz", "/readyz"]) {
    expect((await http.send(address)).headers.get("Cache-Control")).toContain("no-store");
  }
});

test("behind https the browser is told to keep to it, and without it is not", async ({
  stack,
  http,
}) => {
  expect((await http.send("/login")).headers.get("Strict-Transport-Security")).toBeNull();
  const portal = await startPortal(stack.target, { PORTAL_ORIGIN: "https://portal.test" });
  try {
    const { headers } = await fetch(`${portal.origin}/login`);
    expect(headers.get("Strict-Transport-Security")).toMatch(/^max-age=\d{8};/);
    expect(headers.get("Content-Security-Policy")).toContain("upgrade-insecure-requests");
  } finally {
    await portal.stop();
  }
});
