import { paths } from "~/lib/paths";
import type { RunStatus } from "~/export/run-status";
import type { ExportRun, PollResult } from "./export-run-state";

/** Looks at a run once. Never rejects: what goes wrong is a result, too. */
export async function pollRun(runKey: string, signal: AbortSignal): Promise<PollResult> {
  try {
    const response = await fetch(`${paths.exportRuns}/${encodeURIComponent(runKey)}`, {
      headers: { Accept: "application/json" },
      cache: "no-store",
      signal,
    });
    if (response.status === 404) return { kind: "missing" };
    if (response.status === 401) return { kind: "signed_out" };
    if (response.status === 403) return { kind: "forbidden" };
    const run = response.ok ? readRun(await response.json()) : null;
    return run === null ? { kind: "unreachable" } : { kind: "run", run };
  } catch {
    return { kind: "unreachable" };
  }
}

const OUTCOMES = ["running", "completed", "failed", "cancelled", "interrupted"] as const;

/** Reads a run from JSON; null where it is something else. */
export function readRun(body: unknown): ExportRun | null {
  if (typeof body !== "object" || body === null) return null;
  const value = (name: string): unknown => Reflect.get(body, name);
  const text = (name: string) => ofType(value(name), "string");
  const number = (name: string) => ofType(value(name), "number");
  const outcome = OUTCOMES.find((known) => known === value("outcome"));
  if (outcome === undefined) return null;
  return {
    outcome,
    status: readStatus(value("status")),
    durationMs: number("durationMs"),
    consistency: text("consistency"),
    cancelledBy: text("cancelledBy"),
    message: text("message"),
    requestId: text("requestId"),
    fileName: text("fileName"),
    totalRecords: number("totalRecords"),
    bytes: number("bytes"),
    digest: text("digest"),
  };
}

const PHASES: readonly unknown[] = ["waiting", "reading", "preparing", "delivering", "paused"];

/** The portal's own; a page of before an update may not know what it says. */
function readStatus(value: unknown): RunStatus | undefined {
  const status = value as Partial<RunStatus> | null | undefined;
  return PHASES.includes(status?.phase) && Array.isArray(status?.tables)
    ? (status as RunStatus)
    : undefined;
}

interface TypeNames {
  string: string;
  number: number;
}

function ofType<T extends keyof TypeNames>(value: unknown, type: T): TypeNames[T] | undefined {
  return typeof value === type ? (value as TypeNames[T]) : undefined;
}
