import { randomUUID } from "node:crypto";
import { convexToJson, type Value } from "convex/values";
import type { FunctionReturnType } from "convex/server";
import { hashToken } from "~/auth/session-cookie.server";
import type { Actor, UserId } from "~/convex/accounts";
import { ConvexClient } from "~/convex/client";
import { createConvexSource } from "~/convex/export-source";
import { createRunRecorder } from "~/convex/runs";
import { spawnEmbeddedConvex } from "~/embedded/spawn";
import type { EmbeddedConvexOptions } from "~/embedded/options";
import { prepareExport, type ExportJob, type PreparedExport } from "~/export/run";
import type { PageBounds } from "~/export/page-size";
import type { ExportSource } from "~/export/source";
import { internal } from "../../convex/_generated/api";
import type { Doc } from "../../convex/_generated/dataModel";
import { EXPORT_TABLES } from "../../convex/model/exportTables";
import { makeDocument } from "./documents";
import { makeCapacity } from "./export-runs";
import { CAPTURE_MS, FULL } from "./jobs";
import type { StoredDocument, Tables } from "./memory-documents";

export type Role = Doc<"users">["role"];

export const MEBIBYTE = 1024 * 1024;
export const HOUR_MS = 60 * 60 * 1000;

/** The portal's default. */
export const DEFAULT_PAGE: PageBounds = { maximumBytes: 8 * MEBIBYTE, maximumDocuments: 24_000 };

export const COMMAND_LINE: Actor = { kind: "command_line", name: "test" };

export type ExportPage = FunctionReturnType<typeof internal.exports.generateDatabaseExport>;

/** The embedded Convex in a process of its own, and what tests do with it. */
export class TestConvex {
  readonly client: ConvexClient;

  constructor(
    readonly url: string,
    readonly adminKey: string,
    readonly close: () => Promise<void>,
  ) {
    this.client = new ConvexClient({ url, deployKey: adminKey, timeoutMs: 60_000 });
  }

  static async start(options: EmbeddedConvexOptions = {}): Promise<TestConvex> {
    const { url, adminKey, close } = await spawnEmbeddedConvex(options);
    return new TestConvex(url, adminKey, close);
  }

  /** The same deployment behind another address. */
  at(url: string): TestConvex {
    return new TestConvex(url, this.adminKey, () => Promise.resolve());
  }

  async insert(table: string, documents: Record<string, Value>[]): Promise<string[]> {
    return await this.client.mutation(internal.seed.insertDocuments, { table, documents });
  }

  async createUser(role: Role, fields: Record<string, Value> = {}): Promise<UserId> {
    const email = `${randomUUID()}@portal.test`;
    const user = makeDocument("users", { name: `A ${role}`, email, role, ...fields });
    const [id] = await this.insert("users", [user]);
    return id as UserId;
  }

  /** A session of the user, by default one that lasts an hour. */
  async createSession(userId: UserId, expires = Date.now() + HOUR_MS): Promise<Actor> {
    const tokenHash = hashToken(randomUUID());
    await this.client.mutation(internal.sessions.create, { userId, tokenHash, expires });
    return { kind: "session", tokenHash };
  }

  async signIn(role: Role): Promise<Actor> {
    return await this.createSession(await this.createUser(role));
  }

  source(actor: Actor = COMMAND_LINE): ExportSource {
    return createConvexSource(this.client, actor);
  }

  /** Runs an export as the portal does. */
  async export(actor: Actor = COMMAND_LINE, job: Partial<ExportJob> = {}): Promise<PreparedExport> {
    return await prepareExport({
      source: this.source(actor),
      recorder: createRunRecorder(this.client, actor, { runKey: randomUUID() }),
      request: FULL,
      capacity: makeCapacity(),
      page: DEFAULT_PAGE,
      captureMs: CAPTURE_MS,
      signal: new AbortController().signal,
      ...job,
    });
  }

  /** The documents of all exported tables as of now, as the file has them. */
  async readAll(fingerprintKey: string): Promise<Tables> {
    const read: Tables = Object.fromEntries(EXPORT_TABLES.map((table) => [table, []]));
    let tables: string[] = [...EXPORT_TABLES];
    let start: { from: number | null; cursor: string | null } = { from: null, cursor: null };
    for (;;) {
      const { data, page }: ExportPage = await this.client.query(
        internal.exports.generateDatabaseExport,
        {
          actor: COMMAND_LINE,
          exportType: "full",
          tables,
          fingerprintKey,
          page: {
            range: { from: start.from, before: null },
            cursor: start.cursor,
            maximumBytes: 8 * MEBIBYTE,
            maximumDocuments: 8192,
          },
        },
      );
      for (const [table, documents] of Object.entries(data)) {
        const json = (documents as Value[]).map((document) => convexToJson(document));
        read[table]?.push(...(json as StoredDocument[]));
      }
      if (page.next === null) return read;
      tables = tables.slice(tables.indexOf(page.next.table));
      start = page.next;
    }
  }
}
