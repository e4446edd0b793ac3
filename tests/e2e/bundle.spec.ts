import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { requireBuild, SESSION_SECRET } from "./support/portal";
import { ROOT } from "./support/process";
import { findSecrets, seededCredentials } from "./support/secrets";

/** Traces of code or configuration that only the server may have. */
const SERVER_ONLY = [
  "CONVEX",
  "convex/_generated",
  "convex_",
  "deployKey",
  "DEPLOY_KEY",
  "SESSION_SECRET",
  "sessionToken",
  "tokenHash",
  "bcrypt",
  "process.env",
  "query_at_ts",
  'from"node:',
];

interface ClientFile {
  name: string;
  text: string;
}

async function readClientFiles(): Promise<ClientFile[]> {
  const folder = path.join(ROOT, "build/client");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => ({
        name: entry.name,
        text: await readFile(path.join(entry.parentPath, entry.name), "latin1"),
      })),
  );
}

test.beforeAll(requireBuild);

test("what browsers load holds no code, name or key of the server", async () => {
  const files = await readClientFiles();
  expect(files.filter(({ name }) => name.endsWith(".js")).length).toBeGreaterThan(5);
  const found = files.flatMap(({ name, text }) =>
    SERVER_ONLY.filter((trace) => text.includes(trace)).map((trace) => `${name}: ${trace}`),
  );
  expect(found).toEqual([]);
});

test("what browsers load holds no credential, and no map to the source", async () => {
  const secrets = [...seededCredentials(), { name: "SESSION_SECRET", value: SESSION_SECRET }];
  for (const { name, text } of await readClientFiles()) {
    expect(findSecrets(text, secrets), name).toEqual([]);
    expect(name).not.toMatch(/\.map$/);
  }
});
