import { expect, test } from "vitest";
import { QuerySlots } from "~/export/query-slots";
import { Gate, until } from "../../support/gate";

/** Starts queries that end when they are told to, and keeps the order in which they began. */
function queries(slots: QuerySlots) {
  const begun: string[] = [];
  const gates = new Map<string, Gate>();
  const start = (name: string, owner: object, signal?: AbortSignal) => {
    const gate = new Gate();
    gates.set(name, gate);
    return slots.run(owner, signal, async () => {
      begun.push(name);
      await gate.opened;
      return name;
    });
  };
  const end = async (name: string) => {
    const before = begun.length;
    gates.get(name)?.open();
    await until(() => slots.idle > 0 || begun.length > before, "the next query");
  };
  return { begun, start, end };
}

test("so many queries run at once, and the next when one ends", async () => {
  const slots = new QuerySlots(2);
  const { begun, start, end } = queries(slots);
  const owner = {};
  const all = ["a", "b", "c", "d"].map((name) => start(name, owner));
  expect(begun).toEqual(["a", "b"]);
  expect(slots.idle).toBe(0);
  await end("b");
  expect(begun).toEqual(["a", "b", "c"]);
  await end("a");
  await end("c");
  expect(slots.idle).toBe(1);
  await end("d");
  expect(await Promise.all(all)).toEqual(["a", "b", "c", "d"]);
  expect(slots.idle).toBe(2);
});

test("owners take turns, however many queries one of them has waiting", async () => {
  const slots = new QuerySlots(1);
  const { begun, start, end } = queries(slots);
  const [large, small, other] = [{}, {}, {}];
  for (let index = 0; index < 50; index += 1) void start(`large ${index}`, large);
  void start("small 0", small);
  void start("small 1", small);
  void start("other 0", other);
  for (let turn = 0; turn < 6; turn += 1) await end(begun.at(-1) ?? "");
  expect(begun).toEqual([
    "large 0",
    "large 1",
    "small 0",
    "other 0",
    "large 2",
    "small 1",
    "large 3",
  ]);
});

test("a query that throws gives its slot back, also when it does so at once", async () => {
  const slots = new QuerySlots(1);
  const broken = new Error("broken");
  await expect(slots.run({}, undefined, () => Promise.reject(broken))).rejects.toBe(broken);
  const throwing = slots.run({}, undefined, () => {
    throw broken;
  });
  await expect(throwing).rejects.toBe(broken);
  expect(slots.idle).toBe(1);
  expect(await slots.run({}, undefined, () => Promise.resolve("next"))).toBe("next");
});

test("a query whose signal is aborted while it waits leaves at once and never begins", async () => {
  const slots = new QuerySlots(1);
  const { begun, start, end } = queries(slots);
  const controller = new AbortController();
  const gone = new Error("gone");
  void start("a", {});
  const waiting = start("b", {}, controller.signal);
  const owner = {};
  const others = [start("c", owner, controller.signal), start("d", owner)];
  controller.abort(gone);
  await expect(waiting).rejects.toBe(gone);
  await expect(others[0]).rejects.toBe(gone);
  expect(begun).toEqual(["a"]);
  await end("a");
  expect(begun).toEqual(["a", "d"]);
  await end("d");
  expect(slots.idle).toBe(1);
});

test("a query whose signal is aborted before takes no slot", async () => {
  const slots = new QuerySlots(1);
  const gone = new Error("gone");
  const run = slots.run({}, AbortSignal.abort(gone), () => Promise.resolve());
  await expect(run).rejects.toBe(gone);
  expect(slots.idle).toBe(1);
});

test("a signal that is aborted after its query began does nothing to the others", async () => {
  const slots = new QuerySlots(1);
  const { begun, start, end } = queries(slots);
  const controller = new AbortController();
  const owner = {};
  void start("a", {});
  const second = start("b", owner, controller.signal);
  await end("a");
  const third = start("c", owner);
  controller.abort();
  await end("b");
  await end("c");
  expect(await Promise.all([second, third])).toEqual(["b", "c"]);
  expect(begun).toEqual(["a", "b", "c"]);
});
