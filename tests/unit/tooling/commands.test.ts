import { execFile } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Runs a script as its npm command does; resolves with how it ended, whatever that is. */
function runScript(args: string[], env: Record<string, string> = {}) {
  return new Promise<{ code: number | string; stdout: string; stderr: string }>((resolve) => {
    const options = { cwd: ROOT, env: { ...process.env, ...env } };
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, stdout, stderr });
    });
  });
}

test.each([
  ["an unknown option", ["--bogus"], "--bogus"],
  ["a scale that is no number", ["--scale", "many"], "--scale must be a whole number"],
  ["a scale of nothing", ["--scale", "0"], "--scale must be a whole number"],
  ["a fractional scale", ["--scale", "1.5"], "--scale must be a whole number"],
  ["a port out of range", ["--port", "70000"], "--port must be a whole number"],
  ["an option without its value", ["--port"], "--port"],
  ["data that does not exist", ["--data", "no/such/file.json"], "no/such/file.json"],
  ["sample data and own data at once", ["--data", ".", "--scale", "2"], "--scale"],
  ["an argument without an option", ["extra"], "extra"],
])("the demo refuses %s with exit code 2", async (_what, args, message) => {
  const { code, stdout, stderr } = await runScript(["scripts/demo.mjs", ...args]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(message);
});

test("the demo refuses a PORT of the environment that is no port", async () => {
  const { code, stderr } = await runScript(["scripts/demo.mjs"], { PORT: "http" });
  expect(code).toBe(2);
  expect(stderr).toContain('PORT must be a whole number from 1 to 65535, not "http"');
});

test.each(["scripts/demo.mjs", "scripts/dev.mjs"])(
  "%s stops with exit code 1 and names the port when it is taken",
  async (script) => {
    const server = net.createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as net.AddressInfo;
    try {
      const { code, stdout, stderr } = await runScript([script], {
        HOST: "127.0.0.1",
        PORT: String(port),
      });
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain(`Port ${port} on 127.0.0.1 is taken`);
    } finally {
      server.close();
    }
  },
);

test("the test command refuses a suite that it does not have with exit code 2", async () => {
  const { code, stderr } = await runScript(["scripts/test.mjs", "--only", "unit,units"]);
  expect(code).toBe(2);
  expect(stderr).toContain('there is no suite "units"');
});

test.each(["scripts/demo.mjs", "scripts/dev.mjs", "scripts/test.mjs"])(
  "%s explains itself with --help",
  async (script) => {
    const { code, stdout } = await runScript([script, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: npm /);
  },
);
