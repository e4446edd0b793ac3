import { EmbeddedConvexError } from "./errors";

const LOOPBACK_HOSTS = new Set(["127.0.0.1", "::1", "localhost"]);

/** Refuses to serve anything but this machine: the demo's accounts and data are public knowledge. */
export function checkLoopback(host: string): void {
  if (!LOOPBACK_HOSTS.has(host)) {
    throw new EmbeddedConvexError(
      "The embedded Convex listens on loopback only (127.0.0.1, ::1 or localhost), not on " +
        `${JSON.stringify(host)}. Use a real Convex deployment to serve other machines.`,
    );
  }
}
