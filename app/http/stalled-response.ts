import type { ServerResponse } from "node:http";
import { startTimer, type Schedule } from "../export/held-exports";

/**
 * How long a client may stay connected and take no byte of what waits for it: 10 minutes. A download
 * holds its spool and its audit row meanwhile, and Node has no limit of its own for that.
 */
export const STALLED_MS = 10 * 60_000;

/** So many looks in that time, none of which sees that a byte was taken. */
export const LOOKS = 10;

/**
 * Cuts a response off whose client takes nothing, as if that had gone: a download can be resumed for a
 * while, as after any connection that breaks. Waiting for the portal is not the client's doing.
 * @param sent settles when the response has ended
 * @param schedule the timer, for tests
 */
export function endStalled(
  res: ServerResponse,
  sent: Promise<unknown>,
  schedule: Schedule = startTimer,
): void {
  let taken = 0;
  let vain = 0;
  let stop = schedule(look, STALLED_MS / LOOKS);
  void sent.then(() => stop());

  function look(): void {
    const now = takenBytes(res);
    vain = now === taken ? vain + 1 : 0;
    if (now !== undefined) taken = now;
    if (vain >= LOOKS) res.destroy();
    else stop = schedule(look, STALLED_MS / LOOKS);
  }
}

/** What the network took on this connection; nothing where nothing waits for it. */
function takenBytes({ socket }: ServerResponse): number | undefined {
  if (socket === null || socket.writableLength === 0) return undefined;
  return socket.bytesWritten - socket.writableLength;
}
