import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ConvexProxy, isPageRead } from "../../e2e/support/convex-proxy";
import { ConvexClient } from "~/convex/client";
import { findRecent } from "~/convex/runs";
import { spawnEmbeddedConvex } from "~/embedded/spawn";
import type { EmbeddedConvex } from "~/embedded/options";
import type { ExportFileContent } from "~/export/file-schema";
import { start, type Ended } from "./command-line";

let convex: EmbeddedConvex;
let proxy: ConvexProxy;
let folder: string;

beforeAll(async () => {
  convex = await spawnEmbeddedConvex({});
  proxy = await ConvexProxy.start(convex.url);
});
afterAll(async () => {
  await proxy.stop();
  await convex.close();
});
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "supportsignal-cli-"));
  proxy.reset();
  return () => rmSync(folder, { recursive: true });
});

const begin = (args: string[], env: Record<string, string> = {}) =>
  start({ url: proxy.url, adminKey: convex.adminKey }, folder, args, env);

const run = (...args: string[]): Promise<Ended> => begin(args).ended;

const inFolder = (name: string) => path.join(folder, name);

const read = (name: string) =>
  JSON.parse(readFileSync(inFolder(name), "utf8")) as ExportFileContent;

describe("inspect", () => {
  test("shows the records and sizes of all tables, and what is left out", async () => {
    const { exitCode, stdout } = await run("inspect");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^companies +35 /m);
    expect(stdout).toMatch(/^all +3,302 /m);
    expect(stdout).toContain("debug_logs: ");
  });

  test("prints one JSON document with --json", async () => {
    const { stdout } = await run("inspect", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ totalRecords: 3302, isSizeExact: false });
  });
});

describe("export", () => {
  test("writes a complete file that only its owner can read, and verify finds it complete", async () => {
    const { exitCode, stdout, stderr } = await run("export", "--out", "all.json");
    expect([exitCode, stdout]).toEqual([0, ""]);
    const bytes = readFileSync(inFolder("all.json"));
    const digest = createHash("sha256").update(bytes).digest("hex");
    expect(stderr).toContain(`3,302 records`);
    expect(stderr).toContain(`SHA-256 ${digest}`);
    expect(statSync(inFolder("all.json")).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["all.json"]);
    expect(await run("verify", "all.json", "--digest", digest)).toMatchObject({ exitCode: 0 });
  });

  test("is on record with the name that was given, and says it in the file", async () => {
    const asked = ["--as", "nightly job", "--reason", "audit of May"];
    await run("export", "--out", "all.json", "--tables", "companies", ...asked);
    const { metadata, data } = read("all.json");
    expect(metadata).toMatchObject({ exportedBy: "nightly job", exportType: "segmented" });
    expect(Object.keys(data)).toEqual(["companies", "users"]);
    const client = new ConvexClient({
      url: convex.url,
      deployKey: convex.adminKey,
      timeoutMs: 10_000,
    });
    const { entries } = await findRecent(client, { kind: "command_line", name: "test" });
    const [latest] = entries;
    await client.close();
    expect(latest).toMatchObject({
      kind: "run",
      who: "nightly job",
      reason: "audit of May",
      outcome: "completed",
      totalRecords: metadata.totalRecords,
    });
  });

  test("writes to standard output what it writes to a file, and everything else beside it", async () => {
    const { exitCode, stdout, stderr } = await run(
      ...["export", "--out", "-", "--tables", "companies,users", "--json"],
    );
    expect(exitCode).toBe(0);
    const { metadata } = JSON.parse(stdout) as ExportFileContent;
    expect(metadata.recordCounts).toEqual({ companies: 35, users: 39 });
    const events = stderr.trim().split("\n");
    expect(JSON.parse(events.at(-1) ?? "")).toMatchObject({
      event: "completed",
      file: "-",
      bytes: Buffer.byteLength(stdout),
      sha256: createHash("sha256").update(stdout).digest("hex"),
      totalRecords: 74,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test("of a segment has what the filters select, and what this refers to", async () => {
    await run("export", "--out", "all.json", "--tables", "companies,incidents");
    const all = read("all.json");
    const company = all.data["incidents"]?.[0]?.["company_id"];
    const slug = all.data["companies"]?.find(({ _id }) => _id === company)?.["slug"] as string;
    await run("export", "--out", "a.json", "--company", slug, "--from", "2020-01-01");
    const { metadata, data } = read("a.json");
    expect(metadata.filtersApplied).toMatchObject({
      company: [company],
      from: "2020-01-01T00:00:00.000Z",
    });
    expect(data["incidents"]).toEqual(
      all.data["incidents"]?.filter((incident) => incident["company_id"] === company),
    );
    const verified = await run("verify", "a.json", "--strict-references");
    expect(verified.exitCode).toBe(0);
  });

  test("with one --key-file gives equal values the same replacement in two files", async () => {
    const asked = ["--tables", "users", "--privacy", "pseudonymised", "--key-file", "key"];
    await run("export", "--out", "a.json", ...asked);
    await run("export", "--out", "b.json", ...asked);
    await run("export", "--out", "c.json", ...asked.slice(0, 4));
    const names = (file: string) => read(file).data["users"]?.map((user) => user["name"]);
    expect(names("b.json")).toEqual(names("a.json"));
    expect(names("c.json")).not.toEqual(names("a.json"));
    expect(statSync(inFolder("key")).mode & 0o777).toBe(0o600);
  });

  test("leaves a file alone that is there, until it may be replaced", async () => {
    writeFileSync(inFolder("all.json"), "mine");
    const refused = await run("export", "--out", "all.json", "--tables", "companies");
    expect(refused).toMatchObject({
      exitCode: 2,
      stderr: "all.json is there already: name another file, or add --overwrite.\n",
    });
    expect(readFileSync(inFolder("all.json"), "utf8")).toBe("mine");
    expect(proxy.calls).toEqual([]);
    await run("export", "--out", "all.json", "--tables", "companies", "--overwrite");
    expect(read("all.json").metadata.recordCounts["companies"]).toBe(35);
  });

  test("that is interrupted leaves nothing behind, and is on record as cancelled", async () => {
    const held = proxy.holdBack(isPageRead);
    const { ended, interrupt } = begin(["export", "--out", "all.json"]);
    await held.arrived;
    interrupt();
    expect(await ended).toMatchObject({ exitCode: 130, stderr: "The export was cancelled.\n" });
    expect(readdirSync(folder)).toEqual([]);
    const ends = proxy.calls.filter(({ path }) => path === "exportRuns:finish");
    expect(ends).toMatchObject([{ args: { outcome: "cancelled" } }]);
  });

  test("whose reader has enough ends as one that was interrupted", async () => {
    const held = proxy.holdBack(isPageRead);
    const { ended, closeStdout } = begin(["export", "--out", "-"]);
    await held.arrived;
    closeStdout();
    held.release();
    expect(await ended).toMatchObject({ exitCode: 130 });
  });

  test("of a database that breaks off leaves nothing behind", async () => {
    proxy.answerInstead(isPageRead, 400, { code: "InvalidArgs", message: "secret text" });
    const { exitCode, stderr } = await run("export", "--out", "all.json");
    expect(exitCode).toBe(4);
    expect(stderr).not.toContain("secret text");
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("a command that cannot be carried out", () => {
  test.each<[string[], string]>([
    [[], "Name a command."],
    [["exprt"], "Unknown argument: exprt"],
    [["export", "--nope"], "Unknown argument: nope"],
    [["export", "--tables", "nope"], '--tables has no table named "nope"'],
    [["export", "--company", ""], "--company has an empty name between its commas"],
    [["export", "--from", "2026-02-01", "--to", "2026-01-01"], "--from is not before to"],
    [["export", "--privacy", "none"], '--privacy is "none", and takes "redacted", "pseudonymised"'],
    [["export", "--format", "xml"], '--format is "xml", and takes "json", "ndjson", "zip", "parq'],
    [["export", "--format", "csv", "--format", "zip"], "--format must be json, ndjson, zip, par"],
    [["export", "--format", "csv", "--out", "-"], "cannot go to standard output"],
    [["export", "--format", "csv", "--out", "a", "--overwrite"], "A folder is never replaced"],
    [["export", "--concurrency", "0"], "--concurrency takes a whole number from 1 to 1024."],
    [["export", "--timeout", "x"], "--timeout takes a whole number from 1 to 86400."],
    [["export", "--out", "no/such/a.json"], "--out no/such/a.json: there is no such folder."],
    [["inspect", "--url", "ftp://x"], "Name the Convex deployment"],
    [["inspect", "--deploy-key-file", "none"], "--deploy-key-file none cannot be read (ENOENT)."],
    [["inspect", "--as", ""], "--as takes 1 to 100 characters"],
    [["verify"], "Not enough non-option arguments"],
    [["verify", "none.json"], "none.json cannot be read (ENOENT)."],
    [["verify", "x", "--digest", "12"], "--digest takes a SHA-256"],
    [["diff", "none.json", "none.json"], "none.json cannot be read (ENOENT)."],
    [["query", "none.json", "SELECT 1"], "none.json cannot be read (ENOENT)."],
    [["query", "."], "Give a query"],
    [["query", ".", "SELECT 1", "--output", "xml"], '--output is "xml", and takes "table", "json"'],
    [["query", ".", "SELECT 1", "--limit", "0"], "--limit takes a whole number from 1 to"],
    [["mcp", "none.json"], "none.json cannot be read (ENOENT)."],
    [["mcp", ".", "--max-rows", "0"], "--max-rows takes a whole number"],
  ])("%j is refused, says why, and asks no deployment", async (args, message) => {
    const { exitCode, stdout, stderr } = await run(...args);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    expect(proxy.calls).toEqual([]);
  });

  test.each<[string[], string]>([
    [["--company", "nobody"], '--company names no company: "nobody" is neither an id nor a slug\n'],
    [["--from", "1990-01-01", "--to", "1990-01-02"], "--from, --to selects no document\n"],
  ])("for a segment that is not there is refused: %j", async (filters, message) => {
    const refused = await run("export", ...filters);
    expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
    expect(refused.stderr).toContain(message);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("for want of the right key is refused without showing it", async () => {
    writeFileSync(inFolder("key"), "wrong|secret-key\n");
    const { exitCode, stderr } = await run("inspect", "--deploy-key-file", "key");
    expect(exitCode).toBe(3);
    expect(stderr).toContain("The deployment refused the deploy key.");
    expect(stderr).not.toContain("secret-key");
  });

  test("for want of a deployment says that it may work later, as an event with --json", async () => {
    proxy.goDown();
    const { exitCode, stderr } = await run("inspect", "--json");
    expect(exitCode).toBe(4);
    expect(JSON.parse(stderr)).toMatchObject({ event: "failed", code: "convex_unreachable" });
  });
});

describe("verify", () => {
  test("finds a changed file, and says where", async () => {
    await run("export", "--out", "all.json", "--tables", "companies");
    const lines = readFileSync(inFolder("all.json"), "utf8").split("\n");
    const at = lines.findIndex((line) => line.startsWith('{"_id"'));
    writeFileSync(inFolder("cut.json"), lines.toSpliced(at, 1).join("\n"));
    const { exitCode, stdout } = await run("verify", "cut.json", "--json");
    expect(exitCode).toBe(5);
    expect(JSON.parse(stdout)).toMatchObject({
      isComplete: false,
      problems: [{ line: 0, message: "companies: 35 documents were exported, 34 are here" }],
    });
  });

  test("says with what the contents were compared, and of JSON alone that it was with nothing", async () => {
    await run("export", "--out", "all.json", "--tables", "companies");
    await run("export", "--out", "all.ndjson", "--tables", "companies", "--format", "ndjson");
    const changed = readFileSync(inFolder("all.json"), "utf8").replace('"slug":"', '"slug":"x');
    writeFileSync(inFolder("changed.json"), changed);
    const digest = createHash("sha256")
      .update(readFileSync(inFolder("all.json")))
      .digest("hex");
    const verdict = async (...args: string[]) => {
      const [text, json] = [await run("verify", ...args), await run("verify", ...args, "--json")];
      const { comparedWith } = JSON.parse(json.stdout) as { comparedWith: string };
      return [text.exitCode, comparedWith, text.stdout.trimEnd().split("\n\n").at(-1)];
    };
    const nothing = expect.stringMatching(/compared\nwith nothing: .* --digest\.$/) as string;
    expect(await verdict("changed.json")).toEqual([0, "nothing", nothing]);
    expect(await verdict("all.json", "--digest", digest)).toEqual([
      0,
      "digest",
      "The file is a complete export, and the one with this SHA-256.",
    ]);
    const failed = await run("verify", "changed.json", "--digest", digest);
    expect(failed).toMatchObject({ exitCode: 5 });
    expect(failed.stdout).toContain("The file is not a complete export:");
    expect(await verdict("all.ndjson")).toEqual([
      0,
      "seal",
      "The file is a complete export, and has the contents whose SHA-256 it names itself.",
    ]);
  });

  test("finds a file that is complete, and not the one with the digest", async () => {
    await run("export", "--out", "all.json", "--tables", "companies");
    const { exitCode, stdout } = await run("verify", "all.json", "--digest", "0".repeat(64));
    expect(exitCode).toBe(5);
    expect(stdout).toContain("the SHA-256 is ");
  });
});
