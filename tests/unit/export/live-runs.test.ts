import { beforeEach, describe, expect, test } from "vitest";
import { HeldExports, type HoldKey } from "~/export/held-exports";
import { LiveRuns } from "~/export/live-runs";
import { codeOf, FILE, KEY, Making, settled, Timers } from "../../support/live-runs";

const RETURN_MS = 10_000;
const LOOK_MS = 3_000;
const HOLD_MS = 60_000;

let timers: Timers;
let heldExports: HeldExports;
let liveRuns: LiveRuns;

beforeEach(() => {
  timers = new Timers();
  heldExports = new HeldExports({ holdMs: HOLD_MS, schedule: timers.schedule });
  liveRuns = new LiveRuns({ heldExports, schedule: timers.schedule });
});

const READING = {
  records: 3,
  totalRecords: 10,
  bytes: 300,
  estimatedBytes: 1000,
  recordCounts: { users: 3, sites: 0 },
  tableRecords: { users: 6, sites: 4 },
};

describe("an export", () => {
  test("is made once for whoever asks for it at the same time, and both get it", async () => {
    const making = new Making();
    const [first, second] = [liveRuns.obtain(making.request()), liveRuns.obtain(making.request())];
    await making.end();
    expect(await first).toBe(await second);
    expect(making.made).toBe(1);
  });

  test.each<[string, Partial<HoldKey>]>([
    ["another session", { owner: "session-2" }],
    ["another selection", { selection: "some" }],
    ["another run", { runKey: "run-2" }],
  ])("is not shared with %s", async (_what, changes) => {
    const making = new Making();
    void liveRuns.obtain(making.request()).catch(() => undefined);
    void liveRuns.obtain(making.request({ key: { ...KEY, ...changes } })).catch(() => undefined);
    await settled();
    expect(making.made).toBe(2);
  });

  test("that fails tells whoever waits, and is forgotten", async () => {
    const making = new Making();
    const failed = liveRuns.obtain(making.request()).catch(codeOf);
    await making.fail();
    expect(await failed).toBe("incomplete");
    expect(liveRuns.has(KEY.runKey)).toBe(false);
  });

  test("that fails tells who asked for it also later that its end could not be recorded", async () => {
    const making = new Making();
    const told: unknown[] = [];
    const onSettleError = (error: unknown) => void told.push(error);
    const failed = liveRuns.obtain(making.request({ onSettleError })).catch(codeOf);
    await making.fail();
    await failed;
    const error = new Error("no answer");
    making.run?.onUnrecorded(error);
    expect(told).toEqual([error]);
  });

  test("is known until its delivery has ended", async () => {
    const making = new Making();
    const held = liveRuns.obtain(making.request());
    expect(liveRuns.has(KEY.runKey)).toBe(true);
    await making.end();
    const lease = (await held).open();
    expect(liveRuns.has(KEY.runKey)).toBe(true);
    for await (const piece of lease.content()) expect(piece.byteLength).toBeGreaterThan(0);
    lease.end(true);
    expect(making.prepared.settled).toEqual(["completed"]);
    expect(liveRuns.has(KEY.runKey)).toBe(false);
  });
});

describe("how far an export is", () => {
  test("is what it reports, then what was sent of it, then that its delivery broke off", async () => {
    const making = new Making();
    const held = liveRuns.obtain(making.request());
    expect(liveRuns.progressOf(KEY.runKey)).toBeUndefined();
    making.run?.report(READING);
    expect(liveRuns.progressOf(KEY.runKey)).toMatchObject({
      phase: "capturing",
      totalRecords: 10,
      capturedBytes: 300,
      tableRecords: { users: 6, sites: 4 },
    });
    await making.end();
    const lease = (await held).open();
    expect(liveRuns.progressOf(KEY.runKey)).toMatchObject({ phase: "sending", sentBytes: 0 });
    const content = lease.content();
    await content.next();
    await content.next();
    expect(liveRuns.progressOf(KEY.runKey)).toMatchObject({
      phase: "sending",
      sentBytes: making.prepared.sent[0],
      fileBytes: FILE.byteLength,
    });
    await content.return();
    lease.end(false);
    expect(liveRuns.progressOf(KEY.runKey)).toMatchObject({ phase: "paused" });
    expect(making.prepared.paused).toBe(1);
  });
});

describe("an export whose client goes away", () => {
  test("ends at once where no page can come back for it", async () => {
    const making = new Making();
    const client = new AbortController();
    const waiting = liveRuns.obtain(making.request({ client: client.signal })).catch(codeOf);
    client.abort();
    expect(await waiting).toBe("cancelled");
    expect(making.run?.signal.aborted).toBe(true);
  });

  test("goes on for a while where its page may load again, which then gets it", async () => {
    const making = new Making();
    const client = new AbortController();
    const request = making.request({ client: client.signal, mayReturn: true });
    const waiting = liveRuns.obtain(request).catch(codeOf);
    client.abort();
    expect(await waiting).toBe("cancelled");
    expect(making.run?.signal.aborted).toBe(false);
    const again = liveRuns.obtain(making.request({ mayReturn: true }));
    expect(timers.count(RETURN_MS)).toBe(0);
    await making.end();
    expect((await again).file.bytes).toBe(FILE.byteLength);
    expect(making.made).toBe(1);
  });

  test("ends where the page does not come back", async () => {
    const making = new Making();
    const client = new AbortController();
    const request = making.request({ client: client.signal, mayReturn: true });
    liveRuns.obtain(request).catch(codeOf);
    client.abort();
    await timers.expire(RETURN_MS);
    expect(making.run?.signal.aborted).toBe(true);
    expect(liveRuns.has(KEY.runKey)).toBe(false);
  });

  test("and that is ready before the page is back waits as a broken delivery does", async () => {
    const making = new Making();
    const client = new AbortController();
    const request = making.request({ client: client.signal, mayReturn: true });
    liveRuns.obtain(request).catch(codeOf);
    client.abort();
    await making.end();
    expect(heldExports.find(KEY)).toBeDefined();
    expect(making.prepared.paused).toBe(1);
    await timers.expire(HOLD_MS);
    expect(making.prepared.settled).toEqual(["cancelled"]);
  });

  test("waits for no page while the portal stops", () => {
    const stopping = new AbortController();
    liveRuns.stopOn(stopping.signal);
    const [left, attended] = [new Making(), new Making()];
    const clients = [new AbortController(), new AbortController()] as const;
    const key = (runKey: string) => ({ key: { ...KEY, runKey }, mayReturn: true });
    liveRuns.obtain(left.request({ ...key("1"), client: clients[0].signal })).catch(codeOf);
    liveRuns.obtain(attended.request({ ...key("2"), client: clients[1].signal })).catch(codeOf);
    clients[0].abort();
    stopping.abort();
    expect(left.run?.signal.aborted).toBe(true);
    expect(attended.run?.signal.aborted).toBe(false);
    clients[1].abort();
    expect(attended.run?.signal.aborted).toBe(true);
  });

  test("or that broke off waits for nobody once the portal stops, nor one that is begun then", async () => {
    const stopping = new AbortController();
    const breakOff = async (runKey: string) => {
      liveRuns.stopOn(stopping.signal);
      const making = new Making();
      const held = liveRuns.obtain(making.request({ key: { ...KEY, runKey } }));
      await making.end();
      (await held).open().end(false);
      return making.prepared.settled;
    };
    const early = await breakOff("1");
    expect(early).toEqual([]);
    stopping.abort();
    expect(early).toEqual(["cancelled"]);
    expect(await breakOff("2")).toEqual(["cancelled"]);
  });

  test("goes on for the others that wait", async () => {
    const making = new Making();
    const client = new AbortController();
    liveRuns.obtain(making.request({ client: client.signal })).catch(codeOf);
    const other = liveRuns.obtain(making.request());
    client.abort();
    expect(making.run?.signal.aborted).toBe(false);
    await making.end();
    expect((await other).digest).toMatch(/^[\da-f]{64}$/);
  });

  test("before it is asked for ends, too", async () => {
    const making = new Making();
    const waiting = liveRuns.obtain(making.request({ client: AbortSignal.abort() }));
    expect(await waiting.catch(codeOf)).toBe("cancelled");
  });
});

describe("an export that is cancelled", () => {
  test("while it is made ends, and whoever waits is told", async () => {
    const making = new Making();
    const waiting = liveRuns.obtain(making.request()).catch(codeOf);
    liveRuns.cancel("another run");
    expect(making.run?.signal.aborted).toBe(false);
    liveRuns.cancel(KEY.runKey);
    expect(await waiting).toBe("cancelled");
  });

  test("in the moment in which it is ready is freed and not delivered", async () => {
    const making = new Making();
    const waiting = liveRuns
      .obtain(making.request({ make: () => Promise.resolve(making.prepared) }))
      .catch(codeOf);
    liveRuns.cancel(KEY.runKey);
    expect(await waiting).toBe("cancelled");
    expect(making.prepared.settled).toEqual(["cancelled"]);
    expect(heldExports.find(KEY)).toBeUndefined();
  });

  test("while it is delivered breaks off, for good", async () => {
    const making = new Making();
    const held = liveRuns.obtain(making.request());
    await making.end();
    const content = (await held).open().content();
    await content.next();
    liveRuns.cancel(KEY.runKey);
    expect(making.prepared.settled).toEqual(["cancelled"]);
    expect(await content.next().catch(codeOf)).toBe("cancelled");
    expect(heldExports.find(KEY)).toBeUndefined();
  });

  test("at another replica is seen by looking at its row, and ends here", async () => {
    const making = new Making();
    const waiting = liveRuns.obtain(making.request()).catch(codeOf);
    await timers.expire(LOOK_MS);
    expect(making.run?.signal.aborted).toBe(false);
    making.isCancelAsked = true;
    await timers.expire(LOOK_MS);
    expect(await waiting).toBe("cancelled");
    await timers.expire(LOOK_MS);
    expect(timers.count(LOOK_MS)).toBe(0);
  });

  test("is looked for again where a look fails, until it has ended", async () => {
    const making = new Making();
    const isCancelAsked = () => Promise.reject(new Error("no answer"));
    const waiting = liveRuns.obtain(making.request({ isCancelAsked })).catch(codeOf);
    await timers.expire(LOOK_MS);
    expect(timers.count(LOOK_MS)).toBe(1);
    await making.fail();
    expect(await waiting).toBe("incomplete");
    await timers.expire(LOOK_MS);
    expect(timers.count(LOOK_MS)).toBe(0);
  });
});
