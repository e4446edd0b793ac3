import type { Log } from "./log";

/** What the host knows of a request, beside the Request itself. */
export interface RequestContext {
  requestId: string;
  /** Remix's own fetch for a client-side navigation, which can follow a redirect. */
  isDataRequest: boolean;
  /** Address of the client; behind TRUST_PROXY proxies, the one that they name. */
  address: string;
  userAgent: string | undefined;
  /** What the scripts of the page carry, so that the browser runs them and no others. */
  nonce: string;
  /** Logs with the request id. */
  log: Log;
  /** Puts the user into the request's line of the log. */
  identify(userId: string): void;
  /** Settles when the response has ended: true if all of it was handed to the network. */
  sent: Promise<boolean>;
  /**
   * Aborted when the client has gone. `request.signal` is not to be relied on: Remix copies the
   * request, and a garbage collection cuts the copies off (github.com/nodejs/undici/issues/4068).
   */
  signal: AbortSignal;
  /** Aborted when the portal was asked to stop: what has begun may end, nothing long begins. */
  stopping: AbortSignal;
}

declare module "@remix-run/server-runtime" {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- merges into Remix's type
  interface AppLoadContext extends RequestContext {}
}
