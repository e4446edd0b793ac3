import type { DemoRole } from "~/embedded/demo-accounts";
import { ADMIN_ADDRESSES, ADMIN_PAGES, DOWNLOAD, EXPORT_PAGE } from "./support/addresses";
import { isPageRead } from "./support/convex-proxy";
import { expect, test } from "./support/fixtures";
import { signInByForm } from "./support/form";
import { HTML, problemOf } from "./support/http";
import { browserCookie, forgeSession } from "./support/session";

/** Sixty seconds from now, in ms since the epoch. */
const inOneMinute = () => Date.now() + 60_000;

const OTHER_ROLES: DemoRole[] = ["demo_admin", "company_admin", "team_lead", "frontline_worker"];

for (const role of OTHER_ROLES) {
  test(`a ${role} is refused on every page, with a way to sign out`, async ({ page }) => {
    await page.goto("/login");
    await signInByForm(page, `${role}@supportsignal.test`);
    for (const address of ADMIN_PAGES) {
      const response = await page.goto(address);
      expect(response?.status(), address).toBe(403);
      await expect(page.getByRole("heading", { name: "Not allowed" })).toBeVisible();
      await expect(page.getByText(`signed in as ${role}@supportsignal.test`)).toBeVisible();
      await expect(page.getByRole("link", { name: "Export Full Database" })).toHaveCount(0);
      await expect(page.getByRole("table")).toHaveCount(0);
    }
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page).toHaveURL(/\/login$/);
  });

  test(`a ${role} gets 403 on every address, as a page or as problem details`, async ({
    http,
    sessionOf,
    convexProxy,
  }) => {
    const session = await sessionOf(role);
    convexProxy.reset();
    for (const address of ADMIN_ADDRESSES) {
      for (const accept of ["application/json", "*/*"]) {
        const answer = await http.send(address, { session, accept });
        expect(answer.status, `${address} ${accept}`).toBe(403);
        expect(problemOf(answer)).toMatchObject({ status: 403, title: "Not allowed" });
        expect(answer.headers.get("Cache-Control")).toContain("no-store");
      }
    }
    const page = await http.send(DOWNLOAD, { session, accept: HTML });
    expect(page.status).toBe(403);
    expect(page.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    const asked = new Set(convexProxy.calls.map(({ path }) => path));
    expect([...asked], "nothing but the session was read").toEqual([
      "sessions:resolve",
      "exportRuns:deny",
    ]);
  });
}

test("a session that impersonates a system administrator is refused", async ({
  page,
  context,
  portal,
  database,
  http,
}) => {
  const session = await forgeSession();
  const [adminId, targetId] = await Promise.all([
    database.userId("demo_admin@supportsignal.test"),
    database.userId("system_admin@supportsignal.test"),
  ]);
  await database.insert("impersonation_sessions", [
    {
      admin_user_id: adminId,
      target_user_id: targetId,
      session_token: session.tokenHash,
      original_session_token: "no session of the portal",
      reason: "Arranged by a test",
      expires: inOneMinute(),
      is_active: true,
      created_at: Date.now(),
      correlation_id: "test",
    },
  ]);
  for (const address of ADMIN_ADDRESSES) {
    expect((await http.send(address, { session })).status, address).toBe(403);
  }
  await context.addCookies([browserCookie(session, portal.origin)]);
  expect((await page.goto(EXPORT_PAGE))?.status()).toBe(403);
  await expect(page.getByText(/impersonation session cannot/i)).toBeVisible();
});

test("a role that is taken away counts from the next request on", async ({
  page,
  context,
  portal,
  database,
  http,
  newAdmin,
}) => {
  const { email, session } = await newAdmin();
  await context.addCookies([browserCookie(session, portal.origin)]);
  expect((await page.goto("/admin"))?.status()).toBe(200);

  await database.setRole(email, "company_admin");
  await page.getByRole("link", { name: "Tools" }).click();
  await expect(page.getByRole("heading", { name: "Not allowed" })).toBeVisible();
  for (const address of ADMIN_ADDRESSES) {
    expect((await http.send(address, { session })).status, address).toBe(403);
  }
});

test("an export whose administrator loses the role while it runs ends without a file", async ({
  database,
  convexProxy,
  http,
  newAdmin,
}) => {
  const { email, session } = await newAdmin();
  const run = crypto.randomUUID();
  const held = convexProxy.holdBack(isPageRead);
  const downloading = http.send(`${DOWNLOAD}?run=${run}`, { session });
  await held.arrived;
  await database.setRole(email, "team_lead");
  held.release();
  const answer = await downloading;
  expect(problemOf(answer)).toMatchObject({ status: 403 });
  expect(answer.headers.get("Content-Disposition")).toBeNull();
  expect(await database.run(run)).toMatchObject({ outcome: "failed", errorCode: "forbidden" });
});
