import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { DEMO_PASSWORD } from "~/embedded/demo-accounts";
import { DOWNLOAD } from "./support/addresses";
import { CSRF_FIELD, openForm } from "./support/csrf";
import { expect, test } from "./support/fixtures";
import { signInByForm } from "./support/form";
import { HTML, problemOf } from "./support/http";
import { startOtherSite } from "./support/other-site";
import { ROOT } from "./support/process";
import { browserCookie, readSession, signInAt } from "./support/session";

const ADMIN = "system_admin@supportsignal.test";

interface Route {
  id: string;
  parentId?: string;
  path?: string;
  index?: boolean;
  hasAction: boolean;
}

/** Addresses of all routes of the build that take a form, so that a new one cannot be forgotten. */
async function actionAddresses(): Promise<string[]> {
  const assets = path.join(ROOT, "build/client/assets");
  const name = (await readdir(assets)).find((file) => /^manifest-.*\.js$/.test(file)) ?? "";
  const text = await readFile(path.join(assets, name), "utf8");
  const json = text.slice(text.indexOf("=") + 1).replace(/;\s*$/, "");
  const { routes } = JSON.parse(json) as { routes: Record<string, Route> };
  const address = ({ parentId, path: own = "", index }: Route): string => {
    const parent = parentId === undefined ? undefined : routes[parentId];
    const base = parent === undefined ? "" : address(parent).replace(/\?index$/, "");
    const full = own === "" ? base : `${base}/${own}`;
    return `${full.replace(/:\w+/g, crypto.randomUUID()).replace("*", "nowhere")}${index === true ? "?index" : ""}`;
  };
  return Object.values(routes)
    .filter(({ hasAction }) => hasAction)
    .map(address);
}

test("no address takes a form of a session without its token", async ({
  http,
  portal,
  database,
}) => {
  const session = await signInAt(portal.origin, ADMIN);
  const stranger = await signInAt(portal.origin, ADMIN);
  const { token: foreign } = await openForm(http, "/admin", stranger);
  const addresses = await actionAddresses();
  expect(addresses).toEqual(expect.arrayContaining(["/login", "/logout", DOWNLOAD]));
  for (const address of addresses) {
    const [route = "", query = ""] = address.split("?");
    for (const target of [address, `${route}.data${query && `?${query}`}`]) {
      for (const token of [undefined, "x".repeat(64), foreign]) {
        const body = new URLSearchParams({ email: ADMIN, password: DEMO_PASSWORD });
        if (token !== undefined) body.set(CSRF_FIELD, token);
        const headers = { Origin: portal.origin };
        for (const accept of [HTML, "*/*"]) {
          const answer = await http.send(target, {
            method: "POST",
            session,
            body,
            headers,
            accept,
          });
          // The sign-in page then shows itself, and leads on whoever is signed in.
          const isLedOn = answer.status === 302 && answer.headers.get("Location") === "/admin";
          // Those that take no form at all say so.
          const isRefused = [403, 404, 405].includes(answer.status);
          expect(isRefused || (route === "/login" && isLedOn), `${target} ${answer.status}`).toBe(
            true,
          );
          for (const cookie of answer.headers.getSetCookie()) {
            expect(cookie).not.toContain("supportsignal_session");
          }
        }
      }
    }
  }
  expect(await database.session(session.tokenHash)).not.toBeNull();
});

test("the token of a session signs it out, and that of another session does not", async ({
  http,
  portal,
  database,
}) => {
  const [session, other] = [
    await signInAt(portal.origin, ADMIN),
    await signInAt(portal.origin, ADMIN),
  ];
  const send = (token: string) =>
    http.send("/logout", {
      method: "POST",
      session,
      body: new URLSearchParams({ [CSRF_FIELD]: token }),
      headers: { Origin: portal.origin },
    });
  const { token: foreign } = await openForm(http, "/admin", other);
  const refused = await send(foreign);
  expect(problemOf(refused)).toMatchObject({ status: 403, title: "Form out of date" });
  expect(await database.session(session.tokenHash)).not.toBeNull();

  const { token } = await openForm(http, "/admin", session);
  expect((await send(token)).status).toBe(302);
  expect(await database.session(session.tokenHash)).toBeNull();
  expect(await database.session(other.tokenHash)).not.toBeNull();
});

test("a sign-in form that is out of date is given back with a new token, and works then", async ({
  page,
  context,
  portal,
}) => {
  await page.goto("/login?redirectTo=%2Fadmin%2Ftools");
  await context.clearCookies();
  await signInByForm(page);
  await expect(page.getByRole("alert")).toContainText("This form was out of date");
  await expect(page.getByLabel("Email")).toHaveValue(ADMIN);
  await expect(page.getByLabel("Password")).toHaveValue("");
  await signInByForm(page);
  await expect(page).toHaveURL(`${portal.origin}/admin/tools`);
  // What stood for the browser before is of no use any more.
  expect((await context.cookies()).map(({ name }) => name)).toEqual(["supportsignal_session"]);
});

test("two sign-in pages that are open at once both work", async ({ context, portal }) => {
  const [first, second] = [await context.newPage(), await context.newPage()];
  await first.goto("/login");
  await second.goto("/login?redirectTo=%2Fadmin%2Ftools");
  await first.reload();
  await signInByForm(second);
  await expect(second).toHaveURL(`${portal.origin}/admin/tools`);
});

test("a sign-out page of an earlier session says what to do", async ({ page, context, portal }) => {
  const [before, now] = [
    await signInAt(portal.origin, ADMIN),
    await signInAt(portal.origin, ADMIN),
  ];
  await context.addCookies([browserCookie(before, portal.origin)]);
  await page.goto("/admin");
  await context.addCookies([browserCookie(now, portal.origin)]);
  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Form out of date" })).toBeVisible();
  await page.getByRole("link", { name: "Portal home" }).click();
  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(page).toHaveURL(`${portal.origin}/login`);
});

for (const [what, action, fields] of [
  ["sign anybody out", "/logout", ""],
  [
    "sign anybody in",
    "/login",
    `<input name="email" value="${ADMIN}"><input name="password" value="${DEMO_PASSWORD}">`,
  ],
] as const) {
  test(`a form of another site does not ${what}`, async ({ page, context, portal, database }) => {
    const session = await signInAt(portal.origin, ADMIN);
    if (action === "/logout") await context.addCookies([browserCookie(session, portal.origin)]);
    const site = await startOtherSite(
      `<form method="post" action="${portal.origin}${action}">${fields}<button>Win</button></form>`,
    );
    try {
      await page.goto(site.url);
      const answered = page.waitForResponse(portal.origin + action);
      await page.getByRole("button", { name: "Win" }).click();
      expect((await answered).status()).toBe(403);
    } finally {
      await site.stop();
    }
    expect(await database.session(session.tokenHash)).not.toBeNull();
    const names = (await context.cookies()).map(({ name }) => name);
    expect(names.includes("supportsignal_session")).toBe(action === "/logout");
  });
}

test("a program signs in without opening a page, but not with a browser's rights", async ({
  http,
  portal,
}) => {
  const body = new URLSearchParams({ email: ADMIN, password: DEMO_PASSWORD });
  const signIn = (headers: Record<string, string>) =>
    http.send("/login", { method: "POST", body, headers });
  const plain = await signIn({});
  expect(plain.status).toBe(302);
  const session = await readSession(plain.headers.getSetCookie()[0] ?? "");

  const { cookie: formCookie } = await openForm(http);
  const withRights: Record<string, string>[] = [
    { Origin: portal.origin },
    { "Sec-Fetch-Site": "same-origin" },
    { "Sec-Fetch-Site": "none" },
    { Cookie: session.cookie },
    { Cookie: formCookie },
  ];
  for (const headers of withRights) {
    const answer = await signIn(headers);
    expect(problemOf(answer), JSON.stringify(headers)).toMatchObject({ status: 403 });
    expect(answer.headers.getSetCookie()).toEqual([]);
  }
});
