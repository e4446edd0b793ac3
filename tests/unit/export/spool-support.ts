import { spawn } from "node:child_process";
import { once } from "node:events";
import { fstatSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import { ExportError } from "~/export/errors";
import { SpoolSpace, type Spool, type SpoolSegment, type SpoolSpaceOptions } from "~/export/spool";

/** What the spool holds, encrypts and reads at a time. */
export const BLOCK = 256 * 1024;

const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const SPOOL = fileURLToPath(new URL("../../../app/export/spool.ts", import.meta.url));

/** A directory that is gone after the test. */
export function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "spool-test-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A space of which nothing may be left after the test. Without bounds, everything goes to disk. */
export function makeSpace(options: Partial<SpoolSpaceOptions> = {}): SpoolSpace {
  const bounds = { memoryBytes: 0, diskBytes: 1024 * BLOCK };
  return new SpoolSpace({ ...bounds, directory: options.directory ?? makeDirectory(), ...options });
}

/** Frees a spool and waits until nothing of it is left. */
export async function free(...spools: Spool[]): Promise<void> {
  for (const spool of spools) spool.dispose();
  await Promise.all(spools.map((spool) => spool.disposed));
}

/** A segment with these bytes, ended. */
export async function fill(spool: Spool, bytes: Uint8Array): Promise<SpoolSegment> {
  const segment = spool.segment();
  await segment.write(bytes);
  await segment.end();
  return segment;
}

export async function collect(segment: SpoolSegment, ...range: number[]): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of segment.read(...range)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** What a call throws, or a promise rejects with. */
export async function errorOf(act: () => unknown): Promise<ExportError> {
  try {
    await act();
  } catch (error) {
    if (error instanceof ExportError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

/** Descriptors of open files without a name: what the spools of this process have on disk. */
export function namelessFiles(): number[] {
  return Array.from({ length: 256 }, (_, descriptor) => descriptor).filter((descriptor) => {
    try {
      const stats = fstatSync(descriptor);
      return stats.isFile() && stats.nlink === 0;
    } catch {
      return false; // not open
    }
  });
}

/**
 * Runs a script, in which `SpoolSpace` is known, in a process of its own, after a line of shell.
 * `output` resolves with what it printed when it ends, and `said` when it has printed a text.
 */
export function runScript(script: string, shell = "true") {
  const source = `import { SpoolSpace } from ${JSON.stringify(SPOOL)};\n${script}`;
  const node = [process.execPath, "--import", TSX, "--input-type=module", "-e", source];
  const child = spawn("sh", ["-c", `${shell} && exec "$@"`, "sh", ...node]);
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  const print = (chunk: Buffer) => {
    output += chunk.toString();
    child.emit("printed");
  };
  child.stdout.on("data", print);
  child.stderr.on("data", print);
  const closed = once(child, "close") as Promise<[number | null, string | null]>;
  return {
    child,
    async said(text: string): Promise<void> {
      while (!output.includes(text)) {
        const isOver = await Promise.race([once(child, "printed"), closed.then(() => true)]);
        if (isOver === true && !output.includes(text)) throw new Error(`it ended: ${output}`);
      }
    },
    async ended(): Promise<{ code: number | null; signal: string | null; output: string }> {
      const [code, signal] = await closed;
      return { code, signal, output };
    },
  };
}
