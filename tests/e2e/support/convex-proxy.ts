import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { passOn, readAll, sendAnswer } from "../../support/convex-exchange";

/** One request from the portal to Convex. */
export interface ConvexCall {
  /** Last part of the address: `query`, `query_ts`, `query_at_ts`, `mutation`. */
  route: string;
  /** Path of the function, such as `exports:summarize`; undefined for `query_ts`. */
  path: string | undefined;
  /** What the function is given; undefined for `query_ts`. */
  args: unknown;
}

/** Whether a call is one of those that a test means. */
export type CallMatcher = (call: ConvexCall) => boolean;

/** What reads the database for an export: its timestamp, its plan and its pages. */
export const isRead: CallMatcher = ({ route }) => route === "query_ts" || route === "query_at_ts";

/** A page of an export, but for one that comes with the plan. */
export const isPageRead: CallMatcher = ({ route, path }) =>
  route === "query_at_ts" && path !== "exports:begin";

/** The n-th of the requests that match, as they arrive. */
export function nth(n: number, matches: CallMatcher): CallMatcher {
  let count = 0;
  return (call) => matches(call) && (count += 1) === n;
}

/** The n-th of the requests that match, and all later ones. */
export function since(n: number, matches: CallMatcher): CallMatcher {
  let count = 0;
  return (call) => matches(call) && (count += 1) >= n;
}

/** Requests that wait in the proxy. */
export interface HeldCall {
  /** Resolves once a request waits. */
  arrived: Promise<void>;
  /** Resolves once the portal has given up every request that waited. */
  abandoned: Promise<void>;
  /** Lets it through, and all later ones. */
  release(): void;
}

interface Hold {
  matches: CallMatcher;
  wait: Promise<void>;
  waiting: Set<ServerResponse>;
  arrive: () => void;
  abandon: () => void;
  release: () => void;
}

/**
 * Sits between a portal and Convex: records what passes, and makes Convex slow, broken or
 * unreachable when a test asks for it.
 */
export class ConvexProxy {
  /** Every request since the last `reset`. */
  readonly calls: ConvexCall[] = [];
  /** Those of them whose answer the portal did not wait for. */
  readonly givenUp = new Set<ConvexCall>();
  private hold: Hold | undefined;
  private answer: { matches: CallMatcher; status: number; body: string } | undefined;
  private isDown = false;
  private readonly server: Server;

  private constructor(private readonly target: URL) {
    this.server = createServer((req, res) => {
      this.forward(req, res).catch(() => res.destroy());
    });
  }

  static async start(target: string): Promise<ConvexProxy> {
    const proxy = new ConvexProxy(new URL(target));
    proxy.server.listen(0, "127.0.0.1");
    await once(proxy.server, "listening");
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Makes the requests that match wait. */
  holdBack(matches: CallMatcher): HeldCall {
    const [arrived, arrive] = signal();
    const [abandoned, abandon] = signal();
    const [wait, release] = signal();
    const waiting = new Set<ServerResponse>();
    const hold: Hold = { matches, wait, waiting, arrive, abandon, release };
    this.hold = hold;
    return {
      arrived,
      abandoned,
      release: () => {
        if (this.hold === hold) this.hold = undefined;
        release();
      },
    };
  }

  /** Answers the requests that match in Convex's place. */
  answerInstead(matches: CallMatcher, status: number, body: object): void {
    this.answer = { matches, status, body: JSON.stringify(body) };
  }

  /** Drops every connection, as a deployment that is gone. */
  goDown(): void {
    this.isDown = true;
  }

  /** Forgets what was recorded and lets everything through. */
  reset(): void {
    this.calls.length = 0;
    this.givenUp.clear();
    this.answer = undefined;
    this.hold?.release();
    this.hold = undefined;
    this.isDown = false;
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, "close");
  }

  private async forward(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const closed = once(res, "close");
    const body = await readAll(req);
    const route = (req.url ?? "").split("/").at(-1) ?? "";
    const call = { route, ...functionCall(body) };
    this.calls.push(call);
    void closed.then(() => {
      if (!res.writableFinished) this.givenUp.add(call);
    });
    if (this.hold?.matches(call) === true) {
      await wait(this.hold, res);
      if (res.destroyed) return;
    }
    if (this.isDown) {
      req.socket.destroy();
      return;
    }
    if (this.answer?.matches(call) === true) {
      const { status, body: text } = this.answer;
      res.writeHead(status, { "Content-Type": "application/json" }).end(text);
      return;
    }
    const reply = await passOn(this.target, req, body);
    if (!res.destroyed) sendAnswer(res, reply);
  }
}

/** Lets a request wait until it is released or given up. */
async function wait(hold: Hold, res: ServerResponse): Promise<void> {
  hold.waiting.add(res);
  const closed = once(res, "close").then(() => {
    if (hold.waiting.delete(res) && hold.waiting.size === 0) hold.abandon();
  });
  hold.arrive();
  await Promise.race([hold.wait, closed]);
  hold.waiting.delete(res);
}

/** A promise and the function that resolves it. */
function signal(): [Promise<void>, () => void] {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return [promise, () => resolve()];
}

/** The function that is called, and with what. Its arguments stand in a list of one. */
function functionCall(body: Buffer): Pick<ConvexCall, "path" | "args"> {
  const parsed = body.length === 0 ? {} : (JSON.parse(body.toString()) as Record<string, unknown>);
  const { path, args } = parsed;
  return {
    path: typeof path === "string" ? path : undefined,
    args: Array.isArray(args) ? (args[0] as unknown) : args,
  };
}
