import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseEnv as parseDotenv } from "node:util";
import { expect, test } from "vitest";
import { parseEnv } from "~/env.server";

const text = readFileSync(fileURLToPath(new URL("../../../.env.example", import.meta.url)), "utf8");

/** The variables as the file sets them, and those that it shows the default of. */
const set = parseDotenv(text);
const withDefaults = parseDotenv(text.replace(/^#(?=[A-Z_]+=)/gm, ""));

test("the example environment is valid, and what it calls defaults are the defaults", () => {
  // The system's directory for temporary files is another one on other systems.
  const { EXPORT_SPOOL_DIRECTORY: _example, ...defaults } = withDefaults;
  expect(parseEnv(defaults)).toEqual(parseEnv(set));
});

test("the example environment names every setting, and no other", () => {
  // NODE_ENV is set by the commands, and SECURE_COOKIES follows from the origin.
  const derived = new Set(["NODE_ENV", "SECURE_COOKIES"]);
  const settings = Object.keys(parseEnv(set)).filter((name) => !derived.has(name));
  expect(Object.keys(withDefaults).sort()).toEqual(settings.sort());
});
