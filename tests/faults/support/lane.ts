import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DOWNLOAD } from "../../e2e/support/addresses";
import type { Database } from "../../e2e/support/database";
import { startDownload } from "../../e2e/support/download";
import { reprDigest } from "../../e2e/support/export-file";
import { startPortal } from "../../e2e/support/portal";
import type { Portal } from "../../e2e/support/portal";
import type { Session } from "../../e2e/support/session";
import { FaultProxy } from "./fault-proxy";
import type { FaultPlan } from "./fault-proxy";
import { until } from "./until";

/**
 * How long one request to Convex may take (5 s). A stalled one costs a lane this time for each
 * attempt; a sound one must never be as slow, however busy the machine is.
 */
const CONVEX_TIMEOUT_MS = 5_000;

/** No export takes so long: four attempts of two requests, and the pauses between (90 s). */
const HANG_MS = 90_000;

/**
 * Small enough that some exports that were not freed, of 50 kB each, leave no room for the next. In
 * memory, each page that is being read takes a block of 256 KiB, and 7 are read at once at most.
 */
const DISK_BYTES = 512 * 1024;
const MEMORY_BYTES = 7 * 256 * 1024 + DISK_BYTES;

/** What the portal logs when it has given up, after a minute and a half. */
const NOT_RECORDED = "the end of an export was not recorded";
const GIVEN_UP_MS = 150_000;

/** As often as nothing else is tried: the portal goes on to try, and the end is not on record yet. */
const MANY_ATTEMPTS = 5;

const LARGEST_PAGE_BYTES = 128 * 1024; // twice what a page is halved to at most

/** What a portal exports, and in pages of how many documents. */
export interface LaneTarget {
  convexUrl: string;
  deployKey: string;
  database: Database;
  pageDocuments: number;
}

/** How an export ended, seen from all sides. */
export interface Outcome {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  /** Why it is no answer at all: a connection that broke, or a hang. */
  broken: string | undefined;
  row: Awaited<ReturnType<Database["run"]>>;
  /** What the portal printed meanwhile. */
  log: string;
  /** The requests that the fault hit. */
  hits: number;
}

/** A portal with a proxy of its own: exports on different lanes do not wait for each other. */
export class Lane {
  private constructor(
    readonly portal: Portal,
    readonly proxy: FaultProxy,
    readonly spoolDirectory: string,
    private readonly database: Database,
  ) {}

  /** @param spool Where all lines of an export are held. */
  static async start(target: LaneTarget, spool: "memory" | "disk"): Promise<Lane> {
    const { convexUrl, deployKey, database, pageDocuments } = target;
    const proxy = await FaultProxy.start(convexUrl);
    const spoolDirectory = await mkdtemp(path.join(tmpdir(), "supportsignal-lane-"));
    const portal = await startPortal(
      { convexUrl: proxy.url, deployKey },
      {
        CONVEX_TIMEOUT_MS: String(CONVEX_TIMEOUT_MS),
        EXPORT_PAGE_DOCUMENTS: String(pageDocuments),
        EXPORT_PAGE_BYTES: String(LARGEST_PAGE_BYTES),
        EXPORT_MEMORY_BYTES: String(spool === "memory" ? MEMORY_BYTES : 0),
        EXPORT_DISK_BYTES: String(spool === "disk" ? DISK_BYTES : 0),
        EXPORT_SPOOL_DIRECTORY: spoolDirectory,
      },
    );
    return new Lane(portal, proxy, spoolDirectory, database);
  }

  async stop(): Promise<void> {
    await this.portal.stop();
    await this.proxy.stop();
    await rm(this.spoolDirectory, { recursive: true });
  }

  /**
   * Makes one export while the proxy follows the plan.
   * @param query Of the download's address, beside `run`.
   */
  async export(session: Session, plan: FaultPlan, query: Record<string, string>): Promise<Outcome> {
    const { portal, proxy } = this;
    const firstLine = portal.logLines.length;
    const log = () => portal.logLines.slice(firstLine);
    proxy.arm(plan);
    const answer = await this.download(session, { ...query, run: plan.runKey });
    const end = "the end of an export is on record, or cannot be";
    const row = await until(
      end,
      async () => {
        const found = await this.database.run(plan.runKey);
        const isRecorded = found?.outcome !== "running";
        const isGivenUp = log().some((line) => line.includes(NOT_RECORDED));
        const isTried = proxy.endAttempts >= MANY_ATTEMPTS;
        const isKnown = answer.status !== 200 || isRecorded || isGivenUp || isTried;
        return isKnown ? { found } : false;
      },
      GIVEN_UP_MS,
    );
    const { hits } = proxy;
    await proxy.disarm();
    return { ...answer, row: row.found, log: log().join("\n"), hits };
  }

  private async download(session: Session, query: Record<string, string>) {
    const signal = AbortSignal.timeout(HANG_MS);
    const url = `${this.portal.origin}${DOWNLOAD}?${new URLSearchParams(query).toString()}`;
    let status = 0;
    let headers = {};
    try {
      const answer = await startDownload(url, session, { signal }).answered;
      ({ status, headers } = answer);
      return { status, headers, body: await answer.finish(), broken: undefined };
    } catch (error) {
      const broken = signal.aborted ? "hangs" : String(error);
      return { status, headers, body: Buffer.alloc(0), broken };
    }
  }
}

/** What is wrong with an answer that says to be a file. */
export function fileProblems({ headers, body }: Outcome): string[] {
  const problems: string[] = [];
  if (headers["content-length"] !== String(body.byteLength)) {
    problems.push(`has ${body.byteLength} bytes, and a Content-Length of others`);
  }
  if (headers["repr-digest"] !== reprDigest(body)) problems.push("has another Repr-Digest");
  return problems;
}
