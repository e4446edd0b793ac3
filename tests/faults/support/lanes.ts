import { randomUUID } from "node:crypto";
import type { Session } from "../../e2e/support/session";
import type { FaultCase } from "./cases";
import type { TestedExport } from "./exports";
import { Lane } from "./lane";
import type { LaneTarget, Outcome } from "./lane";

/** Makes an export that nothing happens to. */
export function exportInPeace(
  lane: Lane,
  session: Session,
  tested: TestedExport,
): Promise<Outcome> {
  const fault = {
    name: "nothing",
    inject: () => undefined,
    once: "file",
    lasting: "file",
  } as const;
  const target = { kind: "page", ordinal: Infinity } as const;
  return exportOn(lane, session, { fault, mode: "once", target, tested });
}

function exportOn(lane: Lane, session: Session, { tested, ...plan }: FaultCase): Promise<Outcome> {
  const runKey = randomUUID();
  return lane.export(session, { runKey, expires: tested.expires, ...plan }, tested.query);
}

/** Lanes side by side: most of the time an export waits, for a repeat or for a request that hangs. */
export class Lanes {
  private readonly idle: Lane[];
  private readonly waiting: ((lane: Lane) => void)[] = [];

  private constructor(readonly all: readonly Lane[]) {
    this.idle = [...all];
  }

  static async start(count: number, target: LaneTarget): Promise<Lanes> {
    const lanes: Lane[] = [];
    for (let index = 0; index < count; index += 1) {
      lanes.push(await Lane.start(target, index % 2 === 0 ? "disk" : "memory"));
    }
    return new Lanes(lanes);
  }

  /** Runs a case on the next lane that is free. */
  async run(session: Session, each: FaultCase): Promise<Outcome> {
    const lane =
      this.idle.pop() ?? (await new Promise<Lane>((resolve) => this.waiting.push(resolve)));
    try {
      return await exportOn(lane, session, each);
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.idle.push(lane);
      else next(lane);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((lane) => lane.stop()));
  }
}
