import type { Server, ServerResponse } from "node:http";

/**
 * Stops a server without cutting off what is being sent: no new connections, no new requests on
 * those that are kept alive, and a limited time for the responses that have begun.
 */
export class GracefulStop {
  private readonly controller = new AbortController();
  private readonly responses = new Set<ServerResponse>();

  /** @param graceMs how long responses in flight may take once a stop was asked for */
  constructor(
    private readonly server: Server,
    private readonly graceMs: number,
  ) {}

  /** Aborted when a stop was asked for. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Told of each response when its request has come. */
  track(res: ServerResponse): void {
    if (this.signal.aborted) closeAfter(res);
    this.responses.add(res);
    res.once("close", () => {
      this.responses.delete(res);
      // Its head may have promised to keep the connection.
      if (this.signal.aborted) this.server.closeIdleConnections();
    });
  }

  /** Begins to stop. Asking again changes nothing. */
  begin(): void {
    if (this.signal.aborted) return;
    this.server.close();
    this.server.closeIdleConnections();
    this.responses.forEach(closeAfter);
    this.controller.abort();
    // What is left then is cut off, which its client notices. The process does not wait for this.
    setTimeout(() => this.server.closeAllConnections(), this.graceMs).unref();
  }
}

function closeAfter(res: ServerResponse): void {
  if (!res.headersSent) res.setHeader("Connection", "close");
}
