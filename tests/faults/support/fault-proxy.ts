import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { passOn, readAll, sendAnswer } from "../../support/convex-exchange";
import type { ConvexAnswer } from "../../support/convex-exchange";
import { MUTATIONS, readCall } from "./exchange";
import type { ExportCall, RequestKind } from "./exchange";
import { sendExpired } from "./faults";
import type { Fault } from "./faults";

/**
 * How long a fault lasts, from the request on that it hits first: `once` for this request;
 * `reads` for all later ones but those that write, so that the audit goes on; `always` for all.
 */
export const MODES = ["once", "reads", "always"] as const;
export type Mode = (typeof MODES)[number];

/** The request that a fault hits first: the second page is `{ kind: "page", ordinal: 2 }`. */
export interface Target {
  kind: RequestKind;
  ordinal: number;
}

export interface FaultPlan {
  /** Of the export that is to suffer: what is left of an earlier one passes. */
  runKey: string;
  fault: Fault;
  target: Target;
  mode: Mode;
  /** A request that finds its timestamp expired, unless the fault hits it. */
  expires?: Target | undefined;
}

/** What a fault can do to one request. */
export interface Injection {
  /** Lets Convex answer the request. */
  ask(): Promise<ConvexAnswer>;
  response: ServerResponse;
  isPermanent: boolean;
  /** Closes every connection and listens no more; again after a time where one is given. */
  goDown(forMs?: number): void;
}

const PORT_TAKEN_RETRY_MS = 50;

/** Sits between a portal and Convex and injects one fault at a time. */
export class FaultProxy {
  /** The requests of the present export so far, but those that not every export makes. */
  readonly requests: Target[] = [];
  /** All keys of fingerprints that have passed. */
  readonly fingerprintKeys = new Set<string>();
  /** How many requests of the present export were hit. */
  hits = 0;
  private plan: FaultPlan | undefined;
  private hasBegun = false;
  private opening: Promise<void> | undefined;
  private reopening: NodeJS.Timeout | undefined;

  private constructor(
    private readonly target: URL,
    private readonly server: Server,
    private readonly port: number,
  ) {
    server.keepAliveTimeout = 0; // connections end when the portal wants it, or a fault
    server.on("request", (req: IncomingMessage, res: ServerResponse) => {
      this.handle(req, res).catch(() => res.destroy());
    });
  }

  static async start(target: string): Promise<FaultProxy> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return new FaultProxy(new URL(target), server, port);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** How often the portal has tried to write the end of the present export. */
  get endAttempts(): number {
    return this.requests.filter(({ kind }) => kind === "audit end").length;
  }

  /** Begins to count the requests of an export, and to inject. */
  arm(plan: FaultPlan): void {
    this.plan = plan;
    this.requests.length = 0;
    this.hits = 0;
    this.hasBegun = false;
  }

  /** Lets everything pass again, and ends what still hangs. */
  async disarm(): Promise<void> {
    this.plan = undefined;
    clearTimeout(this.reopening);
    this.server.closeAllConnections();
    await this.listen();
  }

  async stop(): Promise<void> {
    await this.disarm();
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, "close");
  }

  private async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await readAll(req);
    const call = readCall(req.url, body);
    if (call?.fingerprintKey !== undefined) this.fingerprintKeys.add(call.fingerprintKey);
    const ask = () => passOn(this.target, req, body);
    const { plan } = this;
    const request = call && this.count(call);
    if (plan !== undefined && request !== undefined && this.isHit(plan, request)) {
      this.hits += 1;
      await plan.fault.inject({
        ask,
        response: res,
        isPermanent: plan.mode !== "once",
        goDown: (forMs) => this.goDown(forMs),
      });
      return;
    }
    if (request !== undefined && isSame(request, plan?.expires)) {
      sendExpired(res);
      return;
    }
    const answer = await ask();
    if (!res.destroyed) sendAnswer(res, answer);
  }

  /** Counts a request of the present export. What not every export makes has no ordinal. */
  private count({ kind, runKey, isOccasional }: ExportCall): Target | undefined {
    if (this.plan === undefined) return undefined;
    if (runKey !== undefined && runKey !== this.plan.runKey) return undefined;
    if (isOccasional) return { kind, ordinal: NaN };
    const ordinal = this.requests.filter((request) => request.kind === kind).length + 1;
    this.requests.push({ kind, ordinal });
    return { kind, ordinal };
  }

  private isHit({ target, mode, fault }: FaultPlan, request: Target): boolean {
    const { kind } = request;
    const isTarget = isSame(request, target);
    if (mode === "once") return isTarget && this.hits === 0;
    this.hasBegun ||= isTarget;
    if (!this.hasBegun || fault.only?.includes(kind) === false) return false;
    return mode === "always" || !MUTATIONS.includes(kind);
  }

  private goDown(forMs: number | undefined): void {
    this.server.close();
    this.server.closeAllConnections();
    if (forMs === undefined) return;
    this.reopening = setTimeout(() => void this.listen(), forMs);
  }

  private listen(): Promise<void> {
    this.opening ??= this.open().finally(() => (this.opening = undefined));
    return this.opening;
  }

  private async open(): Promise<void> {
    while (!this.server.listening) {
      try {
        this.server.listen(this.port, "127.0.0.1");
        await once(this.server, "listening");
      } catch {
        await sleep(PORT_TAKEN_RETRY_MS); // some connection has it for a moment
      }
    }
  }
}

function isSame({ kind, ordinal }: Target, other: Target | undefined): boolean {
  return kind === other?.kind && ordinal === other.ordinal;
}
