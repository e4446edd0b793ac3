import type { WithoutSystemFields } from "convex/server";
import type { Doc, Id, TableNames } from "../../../convex/_generated/dataModel";
import type { Random } from "./random";

/** SupportSignal's tables; the portal's own are no part of the sample. */
export const SAMPLE_TABLES = [
  "companies",
  "users",
  "user_invitations",
  "sites",
  "sessions",
  "accounts",
  "password_reset_tokens",
  "impersonation_sessions",
  "debug_logs",
  "participants",
  "incidents",
  "incident_narratives",
  "clarification_questions",
  "clarification_answers",
  "incident_analysis",
  "incident_classifications",
  "ai_prompts",
  "ai_request_logs",
  "workflow_handoffs",
] as const satisfies readonly TableNames[];

export type TableName = (typeof SAMPLE_TABLES)[number];
export type Tables = { [T in TableName]: Doc<T>[] };

/** A float64 of the year 2025 in milliseconds resolves 1/4096 ms. */
const CREATION_TIME_STEP_MS = 1 / 1024;
const ORDERS_PER_MS = 64;

/** Collects documents and gives them ids and creation times as Convex does. */
export class SampleStore {
  readonly tables = Object.fromEntries(
    SAMPLE_TABLES.map((table) => [table, []]),
  ) as unknown as Tables;
  readonly #random: Random;
  readonly #idPrefixes: ReadonlyMap<TableName, string>;
  readonly #taken = new Set<string>();

  constructor(random: Random) {
    this.#random = random;
    this.#idPrefixes = new Map(
      SAMPLE_TABLES.map((table) => [table, this.unique("prefix", () => `j${random.base32(1)}`)]),
    );
  }

  /**
   * Adds a document that a function created at `createdAtMs`. Documents of one call that share
   * that millisecond keep their `order` (0 to 63).
   */
  insert<T extends TableName>(
    table: T,
    createdAtMs: number,
    fields: WithoutSystemFields<Doc<T>>,
    order = 0,
  ): Doc<T> {
    const _id = this.unique("id", () => this.#newId(table));
    const _creationTime = createdAtMs - 1 + (order + this.#random.next()) / ORDERS_PER_MS;
    // The compiler cannot see that fields and system fields together are the document.
    const document = { _id, _creationTime, ...fields } as unknown as Doc<T>;
    this.tables[table].push(document);
    return document;
  }

  /** The first result of `make` whose text was not given out before under this `kind`. */
  unique<V>(kind: string, make: () => V, text: (value: V) => string = String): V {
    for (;;) {
      const value = make();
      const key = `${kind}:${text(value)}`;
      if (!this.#taken.has(key)) {
        this.#taken.add(key);
        return value;
      }
    }
  }

  /** The tables in (`_creationTime`, `_id`) order, with no two equal creation times in a table. */
  sorted(): Tables {
    for (const table of SAMPLE_TABLES) {
      const documents: { _id: string; _creationTime: number }[] = this.tables[table];
      documents.sort((a, b) => a._creationTime - b._creationTime || (a._id < b._id ? -1 : 1));
      let previous = 0;
      for (const document of documents) {
        document._creationTime = Math.max(document._creationTime, previous + CREATION_TIME_STEP_MS);
        previous = document._creationTime;
      }
    }
    return this.tables;
  }

  #newId<T extends TableName>(table: T): Id<T> {
    return `${this.#idPrefixes.get(table)}${this.#random.base32(30)}` as Id<T>;
  }
}
