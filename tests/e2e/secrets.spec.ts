import { DOWNLOAD, EXPORT_PAGE, RUNS } from "./support/addresses";
import { expect, test } from "./support/fixtures";
import { signInByForm } from "./support/form";
import { HTML, HttpClient } from "./support/http";
import { startPortal } from "./support/portal";
import { findSecrets } from "./support/secrets";
import type { Secret } from "./support/secrets";
import { forgeSession, readSession } from "./support/session";

const WRONG_PASSWORD = "Wrong-Password-Typed-By-Mistake";

test("nothing that is secret or personal is logged, and no answer holds a secret", async ({
  page,
  stack,
  database,
  secrets,
}) => {
  const portal = await startPortal(stack.target, { LOG_LEVEL: "trace" });
  const bodies: Promise<string>[] = [];
  page.on("response", (response) => {
    // Redirects have no body, and a download's goes to disk: `http` reads that one below.
    bodies.push(response.text().catch(() => ""));
  });
  const { email } = await database.addUser("system_admin");
  const http = new HttpClient(portal.origin);

  await page.goto(`${portal.origin}/admin/tools`);
  await signInByForm(page, email, WRONG_PASSWORD);
  await expect(page.getByRole("alert")).toBeVisible();
  await signInByForm(page, email);
  await expect(page).toHaveURL(/\/admin\/tools$/);
  const [cookie] = await page.context().cookies();
  const session = await readSession(`${cookie!.name}=${cookie!.value}`);
  await page.getByRole("link", { name: "Database Export" }).click();
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export Full Database" }).click();
  await (await downloading).path();
  await expect(page.getByText("Export ready")).toBeVisible();

  const run = crypto.randomUUID();
  const forged = await forgeSession("another-secret-of-32-characters-or-more");
  for (const accept of [HTML, "application/json"]) {
    for (const address of [
      `${DOWNLOAD}?run=${run}`,
      `${DOWNLOAD}?run=${session.token}`,
      `${DOWNLOAD}?token=${session.token}`,
      `${RUNS}/${run}`,
      EXPORT_PAGE,
      `${EXPORT_PAGE}.data`,
      "/nowhere",
      "/readyz",
    ]) {
      for (const sender of [session, forged]) {
        await http.send(address, { session: sender, accept });
      }
    }
  }
  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(page).toHaveURL(/\/login$/);
  await portal.stop();

  const own: Secret[] = [
    ...secrets,
    { name: "wrong password", value: WRONG_PASSWORD },
    { name: "cookie", value: session.cookie },
    { name: "session's hash", value: session.tokenHash },
  ];
  const token = { name: "session token", value: session.token };
  const answers = [...http.bodies, ...(await Promise.all(bodies))];
  expect(answers.length).toBeGreaterThan(40);
  // An address that the test itself gave may come back in an answer about that address.
  expect(findSecrets(answers.join("\n"), own)).toEqual([]);
  const personal = [
    token,
    { name: "email", value: email },
    { name: "client", value: "127.0.0.1:" },
  ];
  const requests = portal.logLines.filter((line) => !line.includes('"msg":"listening"'));
  expect(requests.length).toBeGreaterThan(40);
  expect(findSecrets(requests.join("\n"), [...own, ...personal])).toEqual([]);
});
