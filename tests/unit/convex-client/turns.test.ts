import { expect, test } from "vitest";
import { readPage } from "~/convex/page-reader";
import { endOfTurn } from "~/convex/turns";
import { collectLines } from "../../support/scripted-convex";

/** Holds the event loop for longer than a turn may take. */
function workLong(): void {
  const end = performance.now() + 20;
  while (performance.now() < end);
}

test("work that takes its time goes on in the next turn of the event loop", async () => {
  let isNextTurn = false;
  setImmediate(() => (isNextTurn = true));
  expect(endOfTurn()).toBeUndefined();
  workLong();
  const wait = endOfTurn();
  expect(wait).toBeInstanceOf(Promise);
  expect(isNextTurn).toBe(false);
  await wait;
  expect(isNextTurn).toBe(true);
});

test("a new turn begins with all of its time", async () => {
  expect(endOfTurn()).toBeUndefined();
  workLong();
  await endOfTurn();
  expect(endOfTurn()).toBeUndefined();
});

test("a page that comes faster than it is handled lets others have their turn", async () => {
  let turns = 0;
  let isReading = true;
  const count = () => {
    turns += 1;
    if (isReading) setImmediate(count);
  };
  count();
  const PIECES = 10;
  const sink = collectLines();
  const slow = {
    ...sink,
    write(lines: Uint8Array) {
      workLong();
      return sink.write(lines);
    },
  };
  // All of it is there at once, so nothing but the reader itself ends a turn.
  const body = (async function* () {
    yield Buffer.from('{"value":{"tables":[{"lines":"');
    for (let piece = 0; piece < PIECES; piece += 1) yield await Promise.resolve(Buffer.from("x"));
    yield Buffer.from('"}]}}');
  })();
  await readPage("f", { body, signal: new AbortController().signal }, slow);
  isReading = false;
  expect(sink.tables).toEqual(["x".repeat(PIECES)]);
  // The first piece of a turn only starts its clock.
  expect(turns).toBeGreaterThanOrEqual(PIECES / 2);
});
