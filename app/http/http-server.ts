import { createServer, type Server } from "node:http";

/** What one client may take of the server before it has said what it wants. */
export interface ServerLimits {
  /** Largest head of a request, in bytes. More is a 431. */
  headBytes: number;
  /** How long a client may take to send its head. Then it is a 408. */
  headMs: number;
  /** How long a client may take to send its whole request. Then it is a 408. */
  requestMs: number;
  /** How often connections are checked for these times. */
  checkMs: number;
  /** How long an idle connection stays open. */
  idleMs: number;
  /** Connections at once. Further ones are closed as they come. */
  connections: number;
}

export const SERVER_LIMITS: ServerLimits = {
  headBytes: 16 * 1024,
  headMs: 15_000,
  requestMs: 30_000,
  checkMs: 5_000,
  // Longer than load balancers keep theirs, as they ask for, so that none sends a request into a
  // closing one: 60 s by default at AWS (“Edit attributes for your Application Load Balancer”) and
  // in nginx (`keepalive_timeout` of an upstream).
  idleMs: 65_000,
  // Far more than administrators need, and within the 1,024 open files that many systems allow.
  connections: 900,
};

/** A server that gives no client more than its share of connections, time and memory. */
export function createHttpServer(limits: ServerLimits = SERVER_LIMITS): Server {
  const server = createServer({
    maxHeaderSize: limits.headBytes,
    headersTimeout: limits.headMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: limits.checkMs,
    keepAliveTimeout: limits.idleMs,
  });
  server.maxConnections = limits.connections;
  return server;
}
