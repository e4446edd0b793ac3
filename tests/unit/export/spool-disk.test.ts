import { randomBytes } from "node:crypto";
import {
  fstatSync,
  ftruncateSync,
  lutimesSync,
  mkdirSync,
  readSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SpoolSpace } from "~/export/spool";
import {
  BLOCK,
  collect,
  errorOf,
  fill,
  free,
  makeDirectory,
  makeSpace,
  namelessFiles,
  runScript,
} from "./spool-support";

const TEXT = "Jane Doe fell in the bathroom. ";

/** Four blocks of readable text, all the same. */
const PLAIN = Buffer.alloc(4 * BLOCK, Buffer.alloc(BLOCK, TEXT));

/** A spool with these bytes on disk, and a descriptor of its file. */
async function spoolOnDisk(bytes: Buffer) {
  const before = new Set(namelessFiles());
  const spool = makeSpace().open();
  const segment = await fill(spool, bytes);
  const [descriptor, ...others] = namelessFiles().filter((file) => !before.has(file));
  if (descriptor === undefined || others.length > 0) throw new Error("not one new file");
  return { spool, segment, descriptor };
}

function readFrom(descriptor: number, position: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  expect(readSync(descriptor, buffer, 0, bytes, position)).toBe(bytes);
  return buffer;
}

/** Reads a segment to its end, and says how many pieces came before the error. */
async function readBroken(segment: Awaited<ReturnType<typeof fill>>) {
  let pieces = 0;
  const error = await errorOf(async () => {
    for await (const piece of segment.read()) pieces += piece.byteLength / BLOCK;
  });
  return { pieces, error };
}

describe("the file", () => {
  test("is not there before memory is used up", async () => {
    const directory = makeDirectory();
    const before = namelessFiles();
    const spool = makeSpace({ directory, memoryBytes: PLAIN.byteLength }).open();
    await fill(spool, PLAIN);
    expect(readdirSync(directory)).toEqual([]);
    expect(namelessFiles()).toEqual(before);
    await free(spool);
  });

  test("has no name, belongs to its owner alone, and is gone when it is disposed of", async () => {
    const directory = makeDirectory();
    const before = namelessFiles();
    const spool = makeSpace({ directory }).open();
    await fill(spool, PLAIN);
    expect(readdirSync(directory)).toEqual([]);
    const files = namelessFiles().filter((file) => !before.includes(file));
    expect(files.map((file) => fstatSync(file).mode & 0o777)).toEqual([0o600]);
    expect(files.map((file) => fstatSync(file).size)).toEqual([PLAIN.byteLength]);
    await free(spool);
    expect(namelessFiles()).toEqual(before);
  });

  test("holds nothing that can be read, nor equal blocks of equal text", async () => {
    const { spool, descriptor } = await spoolOnDisk(PLAIN);
    const { spool: second, descriptor: other } = await spoolOnDisk(PLAIN);
    const blocks = [0, 1, 2, 3].map((block) => readFrom(descriptor, block * BLOCK, BLOCK));
    // Three letters would be among so many random bytes now and then.
    for (const words of ["Jane Doe", "bathroom"]) {
      expect(Buffer.concat(blocks).includes(words)).toBe(false);
    }
    // The same under another spool's key would be the same again.
    const all = [...blocks, readFrom(other, 0, BLOCK)].map((block) => block.toString("base64"));
    expect(new Set(all).size).toBe(5);
    await free(spool, second);
  });

  test("fails the reader where a bit of it was changed", async () => {
    const { spool, segment, descriptor } = await spoolOnDisk(PLAIN);
    const position = 2 * BLOCK + 1000;
    const byte = readFrom(descriptor, position, 1);
    writeSync(descriptor, Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, position);
    const { pieces, error } = await readBroken(segment);
    expect([pieces, error.code, error.detail]).toEqual([2, "internal", "spool: changed"]);
    expect((await collect(segment, 0, BLOCK)).equals(PLAIN.subarray(0, BLOCK))).toBe(true);
    await free(spool);
  });

  test("fails the reader where two blocks of it were exchanged", async () => {
    const { spool, segment, descriptor } = await spoolOnDisk(PLAIN);
    const [first, second] = [readFrom(descriptor, 0, BLOCK), readFrom(descriptor, BLOCK, BLOCK)];
    writeSync(descriptor, second, 0, BLOCK, 0);
    writeSync(descriptor, first, 0, BLOCK, BLOCK);
    const { pieces, error } = await readBroken(segment);
    expect([pieces, error.detail]).toEqual([0, "spool: changed"]);
    await free(spool);
  });

  test("fails the reader where its end was cut off", async () => {
    const { spool, segment, descriptor } = await spoolOnDisk(PLAIN);
    ftruncateSync(descriptor, 4 * BLOCK - 1);
    const { pieces, error } = await readBroken(segment);
    expect([pieces, error.code, error.detail]).toEqual([3, "internal", "spool: cut off"]);
    await free(spool);
  });

  test.each([
    ["is missing", (path: string) => join(path, "missing"), "ENOENT"],
    [
      "is a file",
      (path: string) => {
        writeFileSync(join(path, "file"), "");
        return join(path, "file");
      },
      "ENOTDIR",
    ],
  ])("cannot be made in a directory that %s: the spool fails", async (_why, pathIn, code) => {
    const directory = pathIn(makeDirectory());
    const space = makeSpace({ directory });
    const spool = space.open();
    const error = await errorOf(() => fill(spool, PLAIN));
    expect([error.code, error.detail]).toEqual(["internal", `spool: open ${code}`]);
    expect(error.message + error.detail).not.toContain(directory);
    expect(await errorOf(() => spool.segment())).toBe(error);
    await free(spool);
    expect([space.memoryHeld, space.diskHeld]).toEqual([0, 0]);
  });
});

describe("a disk without room", () => {
  const script = (directory: string) => `
    const space = new SpoolSpace({
      memoryBytes: 0, diskBytes: 2 ** 40, directory: ${JSON.stringify(directory)},
    });
    const spool = space.open();
    const errors = await Promise.all(
      [1, 2].map(async () => {
        const segment = spool.segment();
        try {
          for (let n = 0; n < 64; n++) await segment.write(new Uint8Array(${BLOCK}));
          await segment.end();
          return "none";
        } catch (error) {
          return error.code + " for " + error.detail;
        }
      }),
    );
    spool.dispose();
    await spool.disposed;
    console.log(errors.join(), space.memoryHeld, space.diskHeld);
  `;

  test("ends the spool as disk_full for all that write, and frees everything", async () => {
    const directory = makeDirectory();
    // A bound on the size of a file: a shell counts in blocks of 512 or 1,024 bytes.
    const { code, output } = await runScript(script(directory), "ulimit -f 4096").ended();
    const error = "disk_full for spool: write EFBIG";
    expect([code, output.trim()]).toEqual([0, `${error},${error} 0 0`]);
    expect(readdirSync(directory)).toEqual([]);
  });

  test("is what made it fail: with room, the same is written", async () => {
    const { output } = await runScript(script(makeDirectory())).ended();
    expect(output.trim()).toBe("none,none 0 0");
  });
});

describe("a process", () => {
  const script = (directory: string, last: string) => `
    const spool = new SpoolSpace({
      memoryBytes: 0, diskBytes: 2 ** 40, directory: ${JSON.stringify(directory)},
    }).open();
    const segment = spool.segment();
    await segment.write(new Uint8Array(${4 * BLOCK}));
    await segment.end();
    console.log("on disk");
    ${last}
  `;

  test("that is killed leaves nothing in the directory", async () => {
    const directory = makeDirectory();
    const { child, said, ended } = runScript(script(directory, "setInterval(() => {}, 1000);"));
    await said("on disk");
    child.kill("SIGKILL");
    expect((await ended()).signal).toBe("SIGKILL");
    expect(readdirSync(directory)).toEqual([]);
  });

  test("waits for its spools where it asked for something, and ends when it did not", async () => {
    const directory = makeDirectory();
    const { code, output } = await runScript(script(directory, "")).ended();
    expect([code, output.trim()]).toEqual([0, "on disk"]);
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe("the sweep at the start", () => {
  const NAME = `supportsignal-export-${"0a".repeat(16)}.spool`;
  const OLD = new Date(Date.now() - 61_000);

  test("removes spool files that are older than a minute, and nothing else", async () => {
    const directory = makeDirectory();
    const name = (digits: string) => `supportsignal-export-${digits.repeat(16)}.spool`;
    const stale = [name("11"), name("22")];
    const kept = [
      `${NAME}.json`,
      `my-${NAME}`,
      NAME.toUpperCase(),
      "supportsignal-export-.spool",
      "supportsignal-db-export-2026-01-31-0405.json",
      `supportsignal-export-${"0".repeat(31)}.spool`,
    ];
    for (const file of [...stale, ...kept]) {
      writeFileSync(join(directory, file), randomBytes(10));
      utimesSync(join(directory, file), OLD, OLD);
    }
    const young = name("33");
    writeFileSync(join(directory, young), "");
    const folder = name("44");
    mkdirSync(join(directory, folder));
    utimesSync(join(directory, folder), OLD, OLD);
    const link = name("55");
    symlinkSync(join(directory, `${NAME}.json`), join(directory, link));
    lutimesSync(join(directory, link), OLD, OLD);

    expect(await SpoolSpace.removeStale(directory)).toBe(2);
    expect(readdirSync(directory).sort()).toEqual([...kept, young, folder, link].sort());
    expect(await SpoolSpace.removeStale(directory)).toBe(0);
  });

  test("finds nothing in a directory that is missing", async () => {
    expect(await SpoolSpace.removeStale(join(makeDirectory(), "missing"))).toBe(0);
  });
});
