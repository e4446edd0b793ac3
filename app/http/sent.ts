import type { ServerResponse } from "node:http";

/**
 * Settles when a response has ended: true where every byte was handed to the network. Node's own
 * `writableFinished` does not tell: a connection that breaks drops what is queued, and then there
 * is nothing left to write.
 */
export function whenSent(res: ServerResponse): Promise<boolean> {
  let isFlushed = false;
  // Ahead of Node's own listener, which takes the socket away. Node says `finish` of writes that
  // have failed as well.
  res.prependOnceListener("finish", () => {
    isFlushed = res.socket?.destroyed === false && res.socket.errored === null;
  });
  return new Promise((resolve) => res.once("close", () => resolve(isFlushed)));
}
