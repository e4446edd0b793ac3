import { ExportError } from "./errors";
import type { ExportRequest } from "./filters";
import { PageReceiver } from "./page-receiver";
import type { PageBounds, PageSize } from "./page-size";
import { planAt, planExport, type ExportPlan } from "./plan";
import { isSegmented } from "./segment-filter";
import type { ExportSource, FirstPage, SnapshotTimestamp } from "./source";
import type { Spool } from "./spool";

/** A page that came with the plan, before anything else was read. */
export interface ReceivedFirstPage extends FirstPage {
  receiver: PageReceiver;
  bounds: PageBounds;
}

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
 */
export async function beginExport(
  source: ExportSource,
  spool: Spool,
  options: BeginOptions,
): Promise<BegunExport> {
  const { request, signal } = options;
  const isAnyPage =
    !isSegmented(request) && request.privacy === "redacted" && request.consistency === "snapshot";
  if (!isAnyPage) return { plan: await planExport(source, signal) };
  const timestamp = await source.pinTimestamp(signal);
  try {
    return await beginWithPage(source, spool, timestamp, options);
  } catch (error) {
    if (!(error instanceof ExportError) || error.code !== "page_too_large") throw error;
    // Pages learn their size where each is a request of its own.
    const { summary } = await source.begin(timestamp, null, signal);
    return { plan: planAt(timestamp, summary) };
  }
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
    const plan = planAt(timestamp, summary);
    if (first === null) {
      receiver.discard();
      return { plan };
    }
    // Whoever reads the file comes behind what is still to be written, and hears of its failures.
    void receiver.segment.end();
    return { plan, first: { ...first, receiver, bounds } };
  } catch (error) {
    receiver.discard();
    throw error;
  }
}
