import type { Page } from "@playwright/test";
import { DEMO_PASSWORD } from "~/embedded/demo-accounts";

/** Fills the sign-in form of the page that is open, and sends it. */
export async function signInByForm(
  page: Page,
  email = "system_admin@supportsignal.test",
  password = DEMO_PASSWORD,
): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}
