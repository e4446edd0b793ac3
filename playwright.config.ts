import { defineConfig } from "@playwright/test";

const executablePath = process.env["CHROMIUM_PATH"];

// Nothing but the test's own requests should leave the browser.
const QUIET_BROWSER = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
];
const isRoot = process.getuid?.() === 0;

/** What people do with the export page has to work on a small screen as well. */
const NARROW = {
  name: "narrow",
  testMatch: ["runs", "failures", "segment", "no-javascript"].map((name) => `**/${name}.spec.ts`),
  use: { viewport: { width: 320, height: 800 } },
};

export default defineConfig({
  projects: [{ name: "wide" }, NARROW],
  testDir: "tests/e2e",
  outputDir: "build/test-results",
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  workers: 2,
  timeout: 60_000,
  reporter: [
    ["list"],
    ["html", { open: "never", outputFolder: "build/playwright-report" }],
    ["json", { outputFile: "build/playwright-report.json" }],
  ],
  use: {
    browserName: "chromium",
    trace: "retain-on-failure",
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      // Chromium's sandbox does not start for root.
      args: [...QUIET_BROWSER, ...(isRoot ? ["--no-sandbox"] : [])],
    },
  },
});
