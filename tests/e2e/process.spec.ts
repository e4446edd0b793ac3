import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expect, test } from "@playwright/test";
import { requireBuild } from "./support/portal";
import { startNode } from "./support/process";

/** A complete environment; nothing listens at its Convex address, and nothing asks there. */
const COMPLETE = {
  CONVEX_URL: "http://127.0.0.1:9",
  CONVEX_DEPLOY_KEY: "prod:quiet-heron-1|deploy-key-value",
  SESSION_SECRET: "session-secret-value-0123456789abcdef",
};

test.beforeAll(requireBuild);

test("without its environment the portal does not start, and lists all that is missing", async () => {
  const portal = startNode(["build/host.js"]);
  expect(await portal.exited).toBe(1);
  const output = portal.lines.join("\n");
  for (const name of ["CONVEX_URL", "CONVEX_DEPLOY_KEY", "SESSION_SECRET"]) {
    expect(output).toContain(`${name} is required`);
  }
  expect(output).not.toMatch(/\bat .+:\d+/);
});

test("every bad value of the environment is named at once, and none is shown", async () => {
  const bad = {
    CONVEX_URL: "ftp://value-of-url",
    CONVEX_DEPLOY_KEY: "",
    SESSION_SECRET: "value-too-short",
    PORT: "value-of-port",
    PORTAL_ORIGIN: "http://value-of-origin.test/path",
    TRUST_PROXY: "value-of-proxy",
    LOG_LEVEL: "value-of-level",
    CONVEX_TIMEOUT_MS: "1",
    EXPORT_CONCURRENCY: "0",
    EXPORT_PAGE_BYTES: "999999999999",
    EXPORT_CAPTURES: "0",
    EXPORT_CAPTURE_SECONDS: "0",
    EXPORT_RESUME_SECONDS: "value-of-seconds",
    EXPORT_MEMORY_BYTES: "-1",
    EXPORT_DISK_BYTES: "-1",
    EXPORT_SPOOL_DIRECTORY: "/value-of-folder",
  };
  const portal = startNode(["build/host.js"], bad);
  expect(await portal.exited).toBe(1);
  const output = portal.lines.join("\n");
  for (const name of Object.keys(bad)) {
    expect(
      portal.lines.filter((line) => line.includes(`${name} `)),
      output,
    ).toHaveLength(1);
  }
  expect(output).not.toContain("value-");
});

test("an origin that browsers would reach without encryption is refused", async () => {
  const env = { ...COMPLETE, PORTAL_ORIGIN: "http://portal.test" };
  const portal = startNode(["build/host.js"], env);
  expect(await portal.exited).toBe(1);
  expect(portal.lines.join("\n")).toContain("PORTAL_ORIGIN must be https");
});

test("a port that is taken ends the start with a message that names it", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  try {
    const portal = startNode(["build/host.js"], { ...COMPLETE, PORT: String(port) });
    expect(await portal.exited).toBe(1);
    const output = portal.lines.join("\n");
    expect(output).toContain(`Port ${port} is taken.`);
    expect(output).not.toContain("value");
  } finally {
    other.close();
  }
});
