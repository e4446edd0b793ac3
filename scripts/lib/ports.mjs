import net from "node:net";
import { ScriptError } from "./terminal.mjs";

/**
 * Makes sure that nothing listens on a port yet.
 *
 * @param {string} host
 * @param {number} port
 * @param {string} remedy what to do about it, the end of the message
 * @throws {ScriptError} when the port is taken or may not be used
 */
export async function requireFreePort(host, port, remedy) {
  /** @type {NodeJS.ErrnoException | undefined} */
  const error = await new Promise((resolve) => {
    const probe = net.createServer();
    probe.once("error", resolve);
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
  if (error === undefined) return;
  if (error.code === "EADDRINUSE") {
    throw new ScriptError(`Port ${port} on ${host} is taken by another program. ${remedy}`);
  }
  throw new ScriptError(`Cannot listen on port ${port} of ${host} (${error.code}). ${remedy}`);
}
