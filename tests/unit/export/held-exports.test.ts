import { setImmediate } from "node:timers/promises";
import { beforeEach, describe, expect, test } from "vitest";
import { HeldExports, type HeldExport, type HoldKey, type Lease } from "~/export/held-exports";
import { TestExport, type TestExportOptions } from "../../support/prepared-export";

const HOLD_MS = 60_000;
const FILE = Buffer.alloc(300_000, "The bytes of a file. ");
const KEY: HoldKey = { owner: "session-1", selection: "full", runKey: "run-1" };

/** Timers that a test lets expire. */
class Timers {
  readonly waiting = new Map<() => void, number>();
  readonly schedule = (run: () => void, delayMs: number) => {
    this.waiting.set(run, delayMs);
    return () => void this.waiting.delete(run);
  };
  expire(): void {
    for (const run of [...this.waiting.keys()]) {
      this.waiting.delete(run);
      run();
    }
  }
}

let timers: Timers;
let errors: unknown[];

beforeEach(() => {
  timers = new Timers();
  errors = [];
});

function holding(holdMs = HOLD_MS): HeldExports {
  return new HeldExports({ holdMs, schedule: timers.schedule });
}

function hold(exports: HeldExports, options: TestExportOptions = {}, key: Partial<HoldKey> = {}) {
  const prepared = new TestExport(FILE, options);
  const held = exports.hold(prepared, { ...KEY, ...key }, (error) => errors.push(error));
  return { prepared, held };
}

/** Reads a lease's content until so many bytes are there, as a client that then goes away. */
async function read(lease: Lease, bytes = Infinity): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of lease.content()) {
    pieces.push(piece);
    length += piece.byteLength;
    if (length >= bytes) break;
  }
  return Buffer.concat(pieces);
}

/** Reads all of it and ends it, as a delivered response. */
async function deliver(held: HeldExport, start = 0, end = FILE.byteLength): Promise<void> {
  const lease = held.open({ start, end });
  expect((await read(lease)).equals(FILE.subarray(start, end))).toBe(true);
  lease.end(true);
}

describe("an export", () => {
  test("that was delivered is completed and freed at once", async () => {
    const exports = holding();
    const { prepared, held } = hold(exports);
    const lease = held.open();
    expect((await read(lease)).equals(FILE)).toBe(true);
    expect(prepared.settled).toEqual([]);
    lease.end(true);
    expect(prepared.settled).toEqual(["completed"]);
    expect(exports.find({ ...KEY, digest: undefined })).toBeUndefined();
    expect(timers.waiting.size).toBe(0);
  });

  test("whose delivery broke off is held for a time, then cancelled", async () => {
    const exports = holding();
    const { prepared, held } = hold(exports);
    const lease = held.open();
    await read(lease, 100_000);
    lease.end(false);
    expect(prepared.settled).toEqual([]);
    expect([...timers.waiting.values()]).toEqual([HOLD_MS]);
    expect(exports.find(KEY)).toBe(held);
    timers.expire();
    expect(prepared.settled).toEqual(["cancelled"]);
    expect(exports.find(KEY)).toBeUndefined();
  });

  test("that nobody may resume is cancelled as soon as its delivery breaks off", () => {
    const exports = holding(0);
    const { prepared, held } = hold(exports);
    held.open().end(false);
    expect(prepared.settled).toEqual(["cancelled"]);
    expect(timers.waiting.size).toBe(0);
  });

  test("is not completed by a response that ended well without its bytes", async () => {
    const { prepared, held } = hold(holding());
    held.open().end(true);
    const lease = held.open();
    await read(lease, 100_000);
    lease.end(true);
    expect(prepared.settled).toEqual([]);
    expect(timers.waiting.size).toBe(1);
  });

  test("is completed when the rest is delivered, however long that takes", async () => {
    const exports = holding();
    const { prepared, held } = hold(exports);
    const first = held.open();
    await read(first, 200_000);
    first.end(false);
    const rest = held.open({ start: 130_000, end: FILE.byteLength });
    timers.expire();
    await read(rest);
    rest.end(true);
    expect(prepared.settled).toEqual(["completed"]);
    expect(timers.waiting.size).toBe(0);
  });

  test("is held anew where its client got further before it broke off again", async () => {
    const { prepared, held } = hold(holding());
    for (const start of [0, 100_000]) {
      const lease = held.open({ start, end: FILE.byteLength });
      timers.expire();
      await read(lease, 100_000);
      lease.end(false);
      expect(prepared.settled).toEqual([]);
      expect([...timers.waiting.values()]).toEqual([HOLD_MS]);
    }
    timers.expire();
    expect(prepared.settled).toEqual(["cancelled"]);
  });

  test("is held no longer for a client that comes back and gets no further", async () => {
    const { prepared, held } = hold(holding());
    const first = held.open();
    await read(first, 100_000);
    first.end(false);
    const [timer] = timers.waiting.keys();
    held.open({ start: 50_000, end: FILE.byteLength }).end(false);
    expect([...timers.waiting.keys()]).toEqual([timer]);
    const last = held.open({ start: 0, end: FILE.byteLength });
    timers.expire();
    expect(prepared.settled).toEqual([]);
    last.end(false);
    expect(prepared.settled).toEqual(["cancelled"]);
  });

  test("is not completed by its last part alone", async () => {
    const { prepared, held } = hold(holding());
    await deliver(held, 250_000);
    expect(prepared.settled).toEqual([]);
    expect(timers.waiting.size).toBe(1);
    await deliver(held, 0, 250_000);
    expect(prepared.settled).toEqual(["completed"]);
  });

  test("is not completed by parts of which one broke off at its very end", async () => {
    const { prepared, held } = hold(holding());
    const part = held.open({ start: 0, end: 150_000 });
    await read(part);
    await deliver(held, 150_000);
    part.end(false);
    expect(prepared.settled).toEqual([]);
    await deliver(held, 140_000, 150_000);
    expect(prepared.settled).toEqual(["completed"]);
  });

  test("is not completed by the part of an encoded response that broke off", async () => {
    const { prepared, held } = hold(holding());
    const encoded = held.open(undefined, false);
    await read(encoded, 200_000);
    encoded.end(false);
    await deliver(held, 100_000);
    expect(prepared.settled).toEqual([]);
  });

  test("stays until the last of several responses has ended", async () => {
    const { prepared, held } = hold(holding());
    const slow = held.open();
    await deliver(held);
    expect(prepared.settled).toEqual([]);
    expect(timers.waiting.size).toBe(0);
    expect((await read(slow)).equals(FILE)).toBe(true);
    slow.end(true);
    expect(prepared.settled).toEqual(["completed"]);
  });

  test("is reported as far as it was handed over", async () => {
    const { prepared, held } = hold(holding());
    await deliver(held, 10, 100_000);
    expect(prepared.sent).toEqual([10 + 64 * 1024, 100_000]);
  });

  test("whose file breaks fails at once, for all of its responses", async () => {
    const exports = holding();
    const { prepared, held } = hold(exports, { breaksAt: 100_000 });
    const first = held.open();
    const second = held.open();
    await expect(read(first)).rejects.toThrow("the source broke");
    expect(prepared.settled).toEqual(["failed"]);
    expect(exports.find(KEY)).toBeUndefined();
    await expect(read(second)).rejects.toThrow();
    first.end(false);
    second.end(false);
    expect(prepared.settled).toEqual(["failed"]);
    expect(timers.waiting.size).toBe(0);
  });

  test("is settled once, whatever ends twice or late", async () => {
    const { prepared, held } = hold(holding());
    const lease = held.open();
    await read(lease);
    lease.end(true);
    lease.end(false);
    held.settle("cancelled");
    expect(prepared.settled).toEqual(["completed"]);
  });

  test("counts the end of a response once, while another one goes on", async () => {
    const { prepared, held } = hold(holding());
    const [first, second] = [held.open(), held.open()];
    await read(first);
    first.end(true);
    first.end(true);
    expect(prepared.settled).toEqual([]);
    expect((await read(second)).equals(FILE)).toBe(true);
    second.end(true);
    expect(prepared.settled).toEqual(["completed"]);
  });

  test("whose end cannot be recorded is freed, and the error reported", async () => {
    const settleError = new Error("no audit");
    const exports = holding();
    const { held } = hold(exports, { settleError });
    await deliver(held);
    await setImmediate();
    expect(errors).toEqual([settleError]);
    expect(exports.find(KEY)).toBeUndefined();
  });
});

describe("a held export is found", () => {
  test("by its run, by its digest, or by both", () => {
    const exports = holding();
    const { held } = hold(exports);
    const { digest } = held;
    const { owner, selection, runKey } = KEY;
    expect(exports.find({ owner, selection, runKey })).toBe(held);
    expect(exports.find({ owner, selection, digest })).toBe(held);
    expect(exports.find({ owner, selection, runKey, digest })).toBe(held);
    expect(exports.find({ owner, selection, runKey: "run-2", digest })).toBeUndefined();
    expect(exports.find({ owner, selection, runKey, digest: "00" })).toBeUndefined();
    expect(exports.find({ owner, selection })).toBeUndefined();
  });

  test("never by another session, nor for another selection", () => {
    const exports = holding();
    const { digest } = hold(exports).held;
    expect(exports.find({ ...KEY, digest, owner: "session-2" })).toBeUndefined();
    expect(exports.find({ ...KEY, digest, selection: "some tables" })).toBeUndefined();
  });
});

describe("on stop", () => {
  test("what nobody downloads is cancelled, and what is being sent may end", async () => {
    const exports = holding();
    const idle = hold(exports, {}, { runKey: "idle" });
    idle.held.open().end(false);
    const sending = hold(exports, {}, { runKey: "sending" });
    const lease = sending.held.open();
    exports.stop();
    expect(idle.prepared.settled).toEqual(["cancelled"]);
    expect(timers.waiting.size).toBe(0);
    expect(sending.prepared.settled).toEqual([]);
    expect((await read(lease)).equals(FILE)).toBe(true);
    lease.end(true);
    expect(sending.prepared.settled).toEqual(["completed"]);
  });

  test("what breaks off afterwards is cancelled at once", () => {
    const exports = holding();
    const { prepared, held } = hold(exports);
    const lease = held.open();
    exports.stop();
    lease.end(false);
    expect(prepared.settled).toEqual(["cancelled"]);
    expect(timers.waiting.size).toBe(0);
  });
});

test("a timer of the system ends what is held where no other is given", async () => {
  const exports = new HeldExports({ holdMs: 1 });
  const { prepared, held } = hold(exports);
  held.open().end(false);
  await expect.poll(() => prepared.settled).toEqual(["cancelled"]);
});
