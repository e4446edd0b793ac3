import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import { FILE_NAME, readExport } from "./support/export-file";
import { freePort, startNode } from "./support/process";

const DEMO_TIMEOUT_MS = 180_000; // 3 minutes: it may have to build first

const ROLES = ["system_admin", "demo_admin", "company_admin", "team_lead", "frontline_worker"];

/** Whether something accepts connections on a port of loopback. */
async function isListening(port: number): Promise<boolean> {
  const probe = createServer();
  probe.listen(port, "127.0.0.1");
  try {
    await once(probe, "listening");
    probe.close();
    return false;
  } catch {
    return true;
  }
}

test("the demo prints all that is needed, its curl line saves the file, and Ctrl-C ends it", async () => {
  test.setTimeout(DEMO_TIMEOUT_MS);
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const demo = startNode(["scripts/demo.mjs", "--port", String(port)]);
  const folder = await mkdtemp(path.join(tmpdir(), "supportsignal-e2e-"));
  try {
    await demo.line(/Ctrl-C stops the demo/);
    const output = demo.lines.join("\n");
    expect(output).toContain(`The portal is ready at ${origin}`);
    expect(output).toContain("SupportSignal-Demo-1!");
    for (const role of ROLES) expect(output).toContain(`${role}@supportsignal.test`);

    const [curl = ""] = /^ *curl (?:.*\\\n)*.*$/m.exec(output) ?? [];
    await promisify(execFile)("sh", ["-c", curl], { cwd: folder });
    const [name = "", ...others] = await readdir(folder);
    expect(others).toEqual([]);
    expect(name).toMatch(FILE_NAME);
    const { metadata } = readExport(await readFile(path.join(folder, name)));
    expect(metadata.recordCounts).toMatchObject({ users: 39, incidents: 80, companies: 35 });

    demo.signal("SIGINT");
    expect(await demo.exited).toBe(0);
    expect(await isListening(port)).toBe(false);
  } finally {
    await demo.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

test("the demo says so when its port is taken", async () => {
  const port = await freePort();
  const other = createServer().listen(port, "127.0.0.1");
  await once(other, "listening");
  try {
    const demo = startNode(["scripts/demo.mjs", "--port", String(port)]);
    expect(await demo.exited).toBe(1);
    expect(demo.lines.join("\n")).toContain(`Port ${port} on 127.0.0.1 is taken`);
  } finally {
    other.close();
  }
});

for (const [args, complaint] of [
  [["--unknown"], /--unknown/],
  [["--port", "http"], /--port must be a whole number/],
  [["--scale", "0"], /--scale must be a whole number/],
  [["--data", "no-such-folder"], /no-such-folder: there is no such path/],
] as const) {
  test(`the demo refuses "${args.join(" ")}" with the reason`, async () => {
    const demo = startNode(["scripts/demo.mjs", ...args]);
    expect(await demo.exited).toBe(2);
    expect(demo.lines.join("\n")).toMatch(complaint);
  });
}
