import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DEMO_ACCOUNTS, DEMO_PASSWORD } from "~/embedded/demo-accounts";
import { HttpClient } from "../../e2e/support/http";
import type { HttpAnswer, HttpOptions } from "../../e2e/support/http";
import { SESSION_SECRET, startPortal } from "../../e2e/support/portal";
import type { Portal } from "../../e2e/support/portal";
import { signInAt } from "../../e2e/support/session";
import type { Session } from "../../e2e/support/session";
import { startStack } from "../../e2e/support/stack";
import type { Stack } from "../../e2e/support/stack";
import { writeCanaryData } from "./canary-data";
import type { CanaryData } from "./canary-data";
import { MarkerSearch } from "./marker-search";
import type { Marker, MarkerKind } from "./marker-search";
import { writeRawFunctions } from "./raw-stack";

/** Somebody types it, and nothing may repeat it. */
export const TYPED_PASSWORD = "a-password-that-somebody-mistyped-1";

/** Documents of a page: an export takes some twenty pages. */
const PAGE_DOCUMENTS = 4;

/** Longer than a test holds an export back (2 minutes). */
const RETENTION_MS = 120_000;

/** A portal in front of the canaries, and everything that was searched for them. */
export class CanaryStack {
  /** Places that were searched, and their bytes. */
  places = 0;
  bytes = 0;
  private readonly search: MarkerSearch;
  private readonly portals: Portal[];

  private constructor(
    readonly data: CanaryData,
    private readonly folders: readonly string[],
    readonly spoolDirectory: string,
    private readonly stack: Stack,
    /** Of a system administrator, and of somebody else. */
    readonly admin: Session,
    readonly other: Session,
    readonly markers: readonly Marker[],
  ) {
    this.search = new MarkerSearch(markers);
    this.portals = [stack.portal];
  }

  static async start(): Promise<CanaryStack> {
    const data = await writeCanaryData();
    const functions = await writeRawFunctions();
    const spoolDirectory = await mkdtemp(path.join(tmpdir(), "supportsignal-spools-"));
    const stack = await startStack(
      { data: data.folder, functionsDir: functions, retentionMs: RETENTION_MS },
      {
        EXPORT_SPOOL_DIRECTORY: spoolDirectory,
        EXPORT_MEMORY_BYTES: "0", // all of it goes to the disk
        EXPORT_PAGE_DOCUMENTS: String(PAGE_DOCUMENTS),
      },
    );
    const admin = await signInAt(stack.portal.origin, "system_admin@supportsignal.test");
    const other = await signInAt(stack.portal.origin, "team_lead@supportsignal.test");
    const own = Object.entries({
      "deploy key": stack.target.deployKey.split("|").at(-1) ?? "",
      "session secret": SESSION_SECRET,
      password: DEMO_PASSWORD,
      "password hash": DEMO_ACCOUNTS[0].passwordHash,
      "password typed in vain": TYPED_PASSWORD,
      "session token": admin.token,
      "hash of the session token": admin.tokenHash,
      "session cookie": admin.cookie,
      "token of another session": other.token,
      "hash of another session's token": other.tokenHash,
    }).map(([name, value]): Marker => ({ name, kind: "secret", value }));
    const folders = [data.folder, functions, spoolDirectory];
    const markers = [...data.markers, ...own];
    return new CanaryStack(data, folders, spoolDirectory, stack, admin, other, markers);
  }

  get portal(): Portal {
    return this.stack.portal;
  }

  get proxy() {
    return this.stack.proxy;
  }

  get target() {
    return this.stack.target;
  }

  /** Every line that every portal has logged. */
  get logLines(): string[] {
    return this.portals.flatMap(({ logLines }) => [...logLines]);
  }

  /** Starts one more portal on the same database. */
  async portalWith(env: Record<string, string>): Promise<Portal> {
    const portal = await startPortal(this.target, env);
    this.portals.push(portal);
    return portal;
  }

  send(address: string, options: HttpOptions = {}, portal = this.portal): Promise<HttpAnswer> {
    return new HttpClient(portal.origin).send(address, options);
  }

  /** All markers in a place, which is counted. */
  find(content: Buffer | string): Set<Marker> {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    this.places += 1;
    this.bytes += bytes.byteLength;
    return this.search.find(bytes);
  }

  /**
   * Searches a place.
   * @param allowed Kinds that may be there.
   * @returns `place: marker` for each one that may not.
   */
  wrongIn(
    place: string,
    content: Buffer | string | HttpAnswer,
    allowed: readonly MarkerKind[] = [],
  ): string[] {
    const isAnswer = typeof content === "object" && "status" in content;
    return [...this.find(isAnswer ? wholeAnswer(content) : content)]
      .filter(({ kind }) => !allowed.includes(kind))
      .map(({ name, kind }) => `${place}: ${name} (${kind})`);
  }

  /** What was planted and what was searched, for whoever reads the output. */
  summary(): string {
    const kinds = ["secret", "audit", "personal"] as const;
    const counts = kinds.map((kind) => {
      const count = this.markers.filter((marker) => marker.kind === kind).length;
      return `${count} ${kind}`;
    });
    return (
      `Canaries: ${this.markers.length} markers (${counts.join(", ")}) in ${this.data.documents} ` +
      `documents, as ${this.search.patternCount} byte sequences; ${this.places} places with ` +
      `${(this.bytes / 1e6).toFixed(1)} MB searched.\n`
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.portals.slice(1).map((portal) => portal.stop()));
    await this.stack.stop();
    for (const folder of this.folders) await rm(folder, { recursive: true });
  }
}

/** An answer as it was sent: its headers but the cookie, which is the client's own, and its body. */
function wholeAnswer({ headers, bytes }: HttpAnswer): Buffer {
  const lines = [...headers].filter(([name]) => name !== "set-cookie");
  return Buffer.concat([Buffer.from(JSON.stringify(lines)), bytes]);
}
