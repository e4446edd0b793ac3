/**
 * Bounds how long work that comes in small steps holds the event loop. Of sixteen connections, each
 * with data ready, Node reads up to 32 × 64 KiB before it does anything else: 60 ms of decoding,
 * in which no other request is served.
 */

/** How long such work may go on in one turn of the event loop, in ms. */
const TURN_MS = 5;

let nextTurn: Promise<void> | undefined;
let turnEnds = 0;

/** Called between two steps: a promise asks to go on in the next turn, as this one took its time. */
export function endOfTurn(): Promise<void> | undefined {
  const now = performance.now();
  if (nextTurn === undefined) {
    turnEnds = now + TURN_MS;
    nextTurn = new Promise((resolve) => {
      setImmediate(() => {
        nextTurn = undefined;
        resolve();
      });
    });
  }
  return now < turnEnds ? undefined : nextTurn;
}
