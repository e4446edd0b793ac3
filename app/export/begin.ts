import { ExportError } from "./errors";
import type { ExportRequest } from "./filters";
import { PageReceiver, type ReceivedPage } from "./page-receiver";
import type { PageSize } from "./page-size";
import { describePlan, planAt, type ExportPlan } from "./plan";
import { isSegmented } from "./segment-filter";
import type { ExportSource, FirstPage, SnapshotTimestamp } from "./source";
import type { Spool } from "./spool";

/** A page that came with the plan, before anything else was read. */
export interface ReceivedFirstPage extends ReceivedPage, FirstPage {}

export interface BegunExport {
  plan: ExportPlan;
  first?: ReceivedFirstPage;
}

export interface BeginOptions {
  request: ExportRequest;
  fingerprintKey: string;
  pageSize: PageSize;
  signal: AbortSignal;
}

/**
 * Pins a timestamp and plans the export of all tables at it. The first page of a small database comes
 * with the plan, which saves a request, unless something must be known before it is read.
 * @throws ExportError `incomplete` where that page is of tables that are not planned; whatever the
 * source and the spool throw
 */
export async function beginExport(
  source: ExportSource,
  spool: Spool,
  options: BeginOptions,
): Promise<BegunExport> {
  const { request, signal } = options;
  const timestamp = await source.pinTimestamp(signal);
  if (mayPageComeFirst(request)) {
    try {
      return await beginWithPage(source, spool, timestamp, options);
    } catch (error) {
      // Pages learn their size where each is a request of its own.
      if (!(error instanceof ExportError) || error.code !== "page_too_large") throw error;
    }
  }
  return { plan: await planAt(source, timestamp, signal) };
}

function mayPageComeFirst({ privacy, consistency, ...request }: ExportRequest): boolean {
  return !isSegmented(request) && privacy === "redacted" && consistency === "snapshot";
}

async function beginWithPage(
  source: ExportSource,
  spool: Spool,
  timestamp: SnapshotTimestamp,
  { fingerprintKey, pageSize, signal }: BeginOptions,
): Promise<BegunExport> {
  const receiver = new PageReceiver(spool, { keepLines: false });
  const { bounds } = pageSize;
  try {
    const request = { ...bounds, fingerprintKey, openSink: receiver.open };
    const { summary, first } = await source.begin(timestamp, request, signal);
    const plan = describePlan(timestamp, summary);
    if (first === null) {
      receiver.discard();
      return { plan };
    }
    requirePlanned(first.asked, plan);
    // Whoever reads the file comes behind what is still to be written, and hears of its failures.
    void receiver.segment.end();
    return { plan, first: { ...first, receiver, bounds } };
  } catch (error) {
    receiver.discard();
    throw error;
  }
}

function requirePlanned(asked: readonly string[], { tables }: ExportPlan): void {
  const planned = new Set(tables.map(({ name }) => name));
  // Each is taken out once, so that one which is named twice is not there the second time.
  const stranger = asked.find((name) => !planned.delete(name));
  if (stranger !== undefined) {
    throw new ExportError("incomplete", `${stranger}: a page of it came, and it is not planned`);
  }
}
