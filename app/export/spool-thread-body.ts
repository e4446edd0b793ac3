/** What the thread is asked. It does one thing after the other, and gives one answer to each. */
export type ThreadRequest =
  | {
      task: "write";
      file: number;
      /** Where the file is created with the first block. */
      path: string;
      /** 0 for the first of a file, then one more each time. */
      block: number;
      /** Not to be changed before the answer. */
      plain: SharedArrayBuffer;
      bytes: number;
    }
  | { task: "read"; file: number; block: number }
  | { task: "close"; file: number };

/** The block that was read; nothing for other tasks. */
export type ThreadAnswer = { buffer: ArrayBuffer | undefined } | { failure: ThreadFailure };

export interface ThreadFailure {
  /** An error code of the system, such as `ENOSPC`, or what went wrong. */
  code: string;
  /** The call that failed, such as `write`. */
  syscall: string | undefined;
}

/**
 * The code of the thread that encrypts, writes, reads and decrypts. It is started from the text of
 * this function, because a file of its own would need every bundler and loader to know of it. So it
 * refers to nothing outside of itself but types.
 *
 * A file has mode 0600, no name as soon as it is open, and a random key that never leaves this
 * thread. Each block is encrypted with AES-256-GCM; its number is its IV, so that none is used twice
 * (NIST SP 800-38D, 8.2: 96 bits, unique under the key), and no block can stand in for another.
 */
export function runSpoolThread(): void {
  const { createCipheriv, createDecipheriv, randomBytes } = process.getBuiltinModule("node:crypto");
  const { closeSync, openSync, readSync, unlinkSync, writeSync } =
    process.getBuiltinModule("node:fs");
  const { parentPort } = process.getBuiltinModule("node:worker_threads");

  interface OpenFile {
    descriptor: number;
    key: Buffer;
    blocks: { position: number; bytes: number; tag: Buffer }[];
    bytes: number;
    /** Set where the system does not let go of the name of an open file. */
    path: string | undefined;
  }
  const files = new Map<number, OpenFile>();
  /** For what is read, before it is decrypted. */
  let ciphertext = Buffer.alloc(0);

  function fail(code: string): never {
    throw Object.assign(new Error(code), { code });
  }

  function ivOf(block: number): Buffer {
    const iv = Buffer.alloc(12);
    iv.writeUIntBE(block, 6, 6);
    return iv;
  }

  function create(path: string): OpenFile {
    const descriptor = openSync(path, "wx+", 0o600);
    const file: OpenFile = { descriptor, key: randomBytes(32), blocks: [], bytes: 0, path };
    try {
      // Without a name it is gone with the process, however that ends.
      unlinkSync(path);
      file.path = undefined;
    } catch {
      // It is removed when it is closed.
    }
    return file;
  }

  function write(request: ThreadRequest & { task: "write" }): void {
    const { block, bytes, plain } = request;
    let file = files.get(request.file);
    if (block !== (file?.blocks.length ?? 0)) fail("lost");
    if (file === undefined) {
      file = create(request.path);
      files.set(request.file, file);
    }
    const cipher = createCipheriv("aes-256-gcm", file.key, ivOf(block));
    const encrypted = cipher.update(new Uint8Array(plain, 0, bytes));
    cipher.final();
    const position = file.bytes;
    file.blocks.push({ position, bytes, tag: cipher.getAuthTag() });
    file.bytes += bytes;
    let written = 0;
    // A disk that fills up takes a part first.
    while (written < bytes) {
      const rest = bytes - written;
      written += writeSync(file.descriptor, encrypted, written, rest, position + written);
    }
  }

  function read(request: ThreadRequest & { task: "read" }): ArrayBuffer {
    const file = files.get(request.file) ?? fail("lost");
    const { position, bytes, tag } = file.blocks[request.block] ?? fail("lost");
    if (ciphertext.byteLength < bytes) ciphertext = Buffer.allocUnsafeSlow(bytes);
    let done = 0;
    while (done < bytes) {
      const some = readSync(file.descriptor, ciphertext, done, bytes - done, position + done);
      if (some === 0) fail("cut off");
      done += some;
    }
    const decipher = createDecipheriv("aes-256-gcm", file.key, ivOf(request.block));
    decipher.setAuthTag(tag);
    const plain = decipher.update(ciphertext.subarray(0, bytes));
    try {
      decipher.final();
    } catch {
      fail("changed");
    }
    // Only a whole buffer can be handed over.
    const isWhole = plain.byteLength === plain.buffer.byteLength;
    return (isWhole ? plain : new Uint8Array(plain)).buffer;
  }

  function close(request: ThreadRequest & { task: "close" }): void {
    const file = files.get(request.file);
    files.delete(request.file);
    file?.key.fill(0);
    if (file !== undefined) closeSync(file.descriptor);
    if (file?.path !== undefined) unlinkSync(file.path);
  }

  function perform(request: ThreadRequest): ArrayBuffer | undefined {
    if (request.task === "read") return read(request);
    if (request.task === "write") write(request);
    else close(request);
    return undefined;
  }

  parentPort?.on("message", (request: ThreadRequest) => {
    try {
      const buffer = perform(request);
      parentPort.postMessage({ buffer }, buffer === undefined ? [] : [buffer]);
    } catch (error) {
      const { code = "unknown", syscall } = error as NodeJS.ErrnoException;
      parentPort.postMessage({ failure: { code, syscall } });
    }
  });
}
