import { defineConfig } from "@playwright/test";
import tests from "../../playwright.config";

/** `npm run screenshots`: the browser of the tests, and pictures in place of tests. */
export default defineConfig({
  ...tests,
  testDir: ".",
  outputDir: "../../build/screenshots",
  reporter: [["list"]],
  workers: 1,
  use: { ...tests.use, locale: "en-AU", timezoneId: "Australia/Sydney" },
});
