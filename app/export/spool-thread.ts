import { Worker } from "node:worker_threads";
import { ExportError } from "./errors";
import {
  runSpoolThread,
  type ThreadAnswer,
  type ThreadFailure,
  type ThreadRequest,
} from "./spool-thread-body";

/** No room on the disk, for this user or in this file. */
const DISK_FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

// A loader that keeps the names of functions, as tsx does, wraps them in calls of `__name`.
const SOURCE = `globalThis.__name = (value) => value; (${runSpoolThread.toString()})();`;

interface Pending {
  resolve: (buffer: ArrayBuffer | undefined) => void;
  reject: (error: ExportError) => void;
}

/**
 * The thread that encrypts and writes, reads and decrypts for all spools of a process. It starts
 * with the first request and does not keep the process alive while it has nothing to do.
 *
 * A thread of our own, because the main thread is what exports wait for. Measured with Node 20 on two
 * cores, each GB costs the main thread 1.0 s to write and 0.8 s to read with the synchronous cipher
 * there, and 0.6 s and 0.4 s with the thread. Web Crypto copies what it gets: it costs the main thread
 * as much as the synchronous cipher, and half as much CPU again in all.
 */
class SpoolThread {
  private worker: Worker | undefined;
  /** Requests without an answer. The answers come in the same order. */
  private pending: Pending[] = [];

  /**
   * Does one request after those before it.
   * @returns the block that was to be read
   * @throws ExportError `disk_full`, or `internal` with the system's code
   */
  ask(request: ThreadRequest): Promise<ArrayBuffer | undefined> {
    return new Promise((resolve, reject) => {
      const worker = (this.worker ??= this.start());
      worker.postMessage(request);
      worker.ref();
      this.pending.push({ resolve, reject });
    });
  }

  private start(): Worker {
    // It needs no option of the process and no variable, of which some are secret.
    const worker = new Worker(SOURCE, { eval: true, execArgv: [], env: {} });
    worker.on("message", (answer: ThreadAnswer) => {
      const first = this.pending.shift();
      if (this.pending.length === 0) worker.unref();
      if ("failure" in answer) first?.reject(storageError(answer.failure));
      else first?.resolve(answer.buffer);
    });
    // It ends only by a fault, such as a lack of memory. Its files are lost; the next one is new.
    let code = "thread stopped";
    worker.on("error", (error: NodeJS.ErrnoException) => {
      code += `: ${error.code ?? error.name}`;
    });
    worker.on("exit", () => {
      this.worker = undefined;
      const lost = this.pending;
      this.pending = [];
      for (const { reject } of lost) reject(storageError({ code, syscall: undefined }));
    });
    return worker;
  }
}

/** The one of this process. */
export const spoolThread = new SpoolThread();

/** What a failing file means. The detail has no path: it may name a customer's directory. */
function storageError({ code, syscall }: ThreadFailure): ExportError {
  const detail = syscall === undefined ? code : `${syscall} ${code}`;
  return new ExportError(DISK_FULL.has(code) ? "disk_full" : "internal", `spool: ${detail}`);
}
