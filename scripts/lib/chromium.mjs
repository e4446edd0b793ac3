import { accessSync, constants } from "node:fs";
import path from "node:path";
import { BIN } from "./project.mjs";
import { installPackages, runAsRoot } from "./packages.mjs";
import { run, runNode } from "./run.mjs";
import { print, ScriptError } from "./terminal.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const DOWNLOAD_TIMEOUT_MS = 10 * 60_000; // 10 minutes
const PROBE_TIMEOUT_MS = 30_000; // 30 seconds

/** Whether a file is a browser that runs here, with all the libraries that it needs. */
async function works(/** @type {string} */ file) {
  try {
    accessSync(file, constants.X_OK);
  } catch {
    return false;
  }
  const { code } = await run(file, ["--version"], { quiet: true, timeoutMs: PROBE_TIMEOUT_MS });
  return code === 0;
}

/** @returns {Promise<string | undefined>} the browser that Playwright downloaded, if there is one */
async function playwrightBrowser() {
  const { chromium } = await import("@playwright/test");
  const file = chromium.executablePath();
  return (await works(file)) ? file : undefined;
}

/** @returns {Promise<string | undefined>} a browser in one of the folders of PATH */
async function systemBrowser() {
  for (const folder of (process.env["PATH"] ?? "").split(path.delimiter)) {
    for (const name of NAMES) {
      const file = path.join(folder, name);
      if (await works(file)) return file;
    }
  }
  return undefined;
}

/**
 * The Chromium that the browser tests drive: the one of CHROMIUM_PATH, Playwright's own, or the
 * system's. Where there is none it is installed, through Playwright or as Debian's package.
 *
 * @returns {Promise<string>} absolute path
 * @throws {ScriptError} when there is none and none can be installed
 */
export async function ensureChromium() {
  const chosen = process.env["CHROMIUM_PATH"];
  if (chosen !== undefined) {
    if (await works(chosen)) return chosen;
    throw new ScriptError(`CHROMIUM_PATH is ${chosen}, which is no browser that runs here.`);
  }
  const found = (await playwrightBrowser()) ?? (await systemBrowser());
  if (found !== undefined) return found;

  print("Installing Chromium …");
  const download = await runNode([BIN.playwright, "install", "chromium"], {
    quiet: true,
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
  });
  if (download.code === 0) {
    const ready = await playwrightBrowser();
    if (ready !== undefined) return ready;
    // Downloaded, but libraries of the system are missing.
    await runAsRoot(process.execPath, BIN.playwright, "install-deps", "chromium");
    const repaired = await playwrightBrowser();
    if (repaired !== undefined) return repaired;
  }
  // A machine without a browser may lack curl too, which the line that the demo prints needs.
  await installPackages("chromium", "curl");
  const packaged = await systemBrowser();
  if (packaged !== undefined) return packaged;
  throw new ScriptError(
    "The browser tests need Chromium. It could not be downloaded and is no package here. Install it " +
      "by hand, and set CHROMIUM_PATH to its executable if that is not in PATH.\n\n" +
      download.output.trimEnd(),
  );
}
