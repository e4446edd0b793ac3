import { spawn } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { spawnEmbeddedConvex, type EmbeddedConvexOptions } from "~/embedded";
import { FIXTURE_FUNCTIONS_DIR } from "./client";

const MAIN = fileURLToPath(new URL("../../../app/embedded/main.ts", import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const ADMIN_KEY = `key-for-tests|${"ab".repeat(32)}`;

const start = (options: EmbeddedConvexOptions = {}) =>
  spawnEmbeddedConvex({ functionsDir: FIXTURE_FUNCTIONS_DIR, ...options });

async function takenPort(): Promise<{ port: number; free(): Promise<void> }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    free: async () => {
      server.close();
      await once(server, "close");
    },
  };
}

async function isReachable(url: string): Promise<boolean> {
  return fetch(`${url}/version`).then(
    (response) => response.ok,
    () => false,
  );
}

function command(...args: string[]) {
  const child = spawn(process.execPath, ["--import", TSX, MAIN, ...args]);
  let output = "";
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  child.stderr.on("data", (chunk) => (output += String(chunk)));
  return { child, output: () => output, exited: once(child, "exit") as Promise<[number | null]> };
}

describe("spawnEmbeddedConvex", () => {
  it("listens on loopback, on a free port, with a random key, until it is closed", async () => {
    const convex = await start();
    expect(convex.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(convex.adminKey).toMatch(/^supportsignal-embedded\|[0-9a-f]{64}$/);
    expect(await isReachable(convex.url)).toBe(true);
    await convex.close();
    await convex.close();
    expect(await convex.stopped).toBeUndefined();
    expect(await isReachable(convex.url)).toBe(false);
  });

  it("takes the key that it is given", async () => {
    const convex = await start({ adminKey: ADMIN_KEY });
    expect(convex.adminKey).toBe(ADMIN_KEY);
    await convex.close();
  });

  it.each([
    ["another host", { host: "0.0.0.0" }, "listens on loopback only"],
    ["another machine's name", { host: "example.com" }, "listens on loopback only"],
    ["a bad port", { port: 70_000 }, "port must be a whole number from 0 to 65535"],
    ["a bad scale", { functionsDir: undefined, scale: 0 }, "scale must be a whole number"],
    ["data beside a scale", { functionsDir: undefined, data: "x", scale: 2 }, "exclude each other"],
    ["a bad key", { adminKey: "secret" }, "adminKey must have the form"],
    ["a bad retention time", { retentionMs: -1 }, "retentionMs must be a whole number"],
    ["data that does not exist", { data: "/nowhere/at-all" }, "Cannot load /nowhere/at-all"],
    ["functions that do not exist", { functionsDir: "/nowhere" }, "Cannot read Convex functions"],
  ])("refuses %s", async (_, options, message) => {
    await expect(start(options)).rejects.toThrow(message);
  });

  it("says which port is taken", async () => {
    const taken = await takenPort();
    await expect(start({ port: taken.port })).rejects.toThrow(
      `Port ${taken.port} on 127.0.0.1 is already in use.`,
    );
    await taken.free();
  });

  it("ends when the process that started it is killed", async () => {
    const index = new URL("../../../app/embedded/index.ts", import.meta.url).href;
    const script = `
      const { spawnEmbeddedConvex } = await import(${JSON.stringify(index)});
      const { url } = await spawnEmbeddedConvex({ functionsDir: ${JSON.stringify(FIXTURE_FUNCTIONS_DIR)} });
      process.stdout.write(url);`;
    const parent = spawn(process.execPath, ["--import", TSX, "--input-type=module", "-e", script]);
    const [chunk] = (await once(parent.stdout, "data")) as [Buffer];
    const url = chunk.toString();
    expect(await isReachable(url)).toBe(true);
    parent.kill("SIGKILL");
    for (let tries = 0; tries < 100 && (await isReachable(url)); tries += 1) {
      await sleep(50);
    }
    expect(await isReachable(url)).toBe(false);
  });
});

describe("npm run embedded-convex", () => {
  it("prints where it is as JSON, and stops cleanly on Ctrl-C", async () => {
    const { child, exited } = command("--port", "0", "--empty", "--json");
    const [chunk] = (await once(child.stdout, "data")) as [Buffer];
    const { url, adminKey } = JSON.parse(chunk.toString()) as { url: string; adminKey: string };
    expect(await isReachable(url)).toBe(true);
    expect(adminKey).toMatch(/^supportsignal-embedded\|/);
    child.kill("SIGINT");
    expect((await exited)[0]).toBe(0);
  });

  it.each([
    [["--help"], 0, "Usage: npm run embedded-convex"],
    [["--prot", "1"], 2, "--prot"],
    [["--port", "abc"], 2, '--port must be a whole number, not "abc"'],
    [["stray"], 2, "stray"],
    [["--host", "0.0.0.0"], 1, "listens on loopback only"],
    [["--data", "/nowhere/at-all"], 1, "Cannot load /nowhere/at-all: it does not exist"],
  ])("answers %j with exit code %i", async (args, code, message) => {
    const run = command(...args);
    expect((await run.exited)[0]).toBe(code);
    expect(run.output()).toContain(message);
  });

  it("says which port is taken, and exits with 1", async () => {
    const taken = await takenPort();
    const run = command("--port", String(taken.port), "--empty");
    expect((await run.exited)[0]).toBe(1);
    expect(run.output()).toContain(`Port ${taken.port} on 127.0.0.1 is already in use.`);
    await taken.free();
  });
});
