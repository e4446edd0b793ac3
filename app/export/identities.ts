import { setMaxListeners } from "node:events";
import { IDENTITY_TABLES, NAMING_TABLES } from "../../convex/model/exportTables";
import { ExportError } from "./errors";
import type { PageSize } from "./page-size";
import { planTables, type ExportPlan } from "./plan";
import { planReads, type Read } from "./reads";
import type { ExportSource, Identities, IdentityPage } from "./source";

export interface IdentityOptions {
  pageSize: PageSize;
  /** Most queries at once. */
  queries: number;
  signal: AbortSignal;
}

const NOBODY: Identities = {
  participants: "",
  users: "",
  people: "",
  phones: "",
  ndisNumbers: "",
  imageUrls: "",
};

/**
 * Reads who is to be pseudonymised, at the plan's timestamp: all whom the database names, also in
 * tables that are not exported, because any text may name them. Nobody where the tables of the plan
 * name no one and hold no text.
 * @param source Waits for a free query before each that it makes.
 */
export async function collectIdentities(
  source: ExportSource,
  plan: ExportPlan,
  { pageSize, queries, signal: given }: IdentityOptions,
): Promise<Identities> {
  if (!plan.tables.some(({ name }) => (NAMING_TABLES as readonly string[]).includes(name))) {
    return NOBODY;
  }
  const failure = new AbortController();
  const signal = AbortSignal.any([given, failure.signal]);
  setMaxListeners(0, signal); // all reads listen; that is no leak
  const tables = planTables(plan.summary, IDENTITY_TABLES);
  const reads = planReads(tables, pageSize.bounds, queries);
  const pages = await Promise.all(
    reads.map((read) =>
      follow(read).catch((error: unknown) => {
        failure.abort(error); // the others would read in vain
        throw error;
      }),
    ),
  );
  return join(pages.flat());

  async function follow(first: Read): Promise<Identities[]> {
    const found: Identities[] = [];
    for (let read: Read | null = first; read !== null;) {
      signal.throwIfAborted();
      const { identities, next }: IdentityPage = await readPage(read);
      found.push(identities);
      read = next === null ? null : goOn(read, next);
    }
    return found;
  }

  /** Reads one page, and half of it where a function's limits do not allow the whole. */
  async function readPage(read: Read): Promise<IdentityPage> {
    for (;;) {
      const bounds = pageSize.bounds;
      try {
        return await source.readIdentities(plan.timestamp, { ...read, ...bounds }, signal);
      } catch (error) {
        const isTooLarge = error instanceof ExportError && error.code === "page_too_large";
        if (!isTooLarge || !pageSize.failed(bounds)) throw error;
      }
    }
  }
}

/** What is to be read after a page that ended before its read was complete. */
function goOn(read: Read, next: NonNullable<IdentityPage["next"]>): Read {
  const index = read.tables.indexOf(next.table);
  const isFurther =
    index > 0 ||
    (next.cursor !== null && next.cursor !== read.cursor) ||
    (next.cursor === null && next.from !== null && next.from > (read.range.from ?? -Infinity));
  if (index === -1 || !isFurther) {
    throw new ExportError("incomplete", `${next.table}: the identities did not get further`);
  }
  const before = index === 0 ? read.range.before : null;
  return {
    tables: read.tables.slice(index),
    range: { from: next.from, before },
    cursor: next.cursor,
  };
}

/** Each identity once, in an order that does not depend on that of the pages: the file must not. */
function join(pages: readonly Identities[]): Identities {
  const lines = (kind: keyof Identities) =>
    [...new Set(pages.flatMap((page) => page[kind].split("\n")))]
      .filter((line) => line !== "")
      .sort()
      .join("\n");
  return {
    participants: lines("participants"),
    users: lines("users"),
    people: lines("people"),
    phones: lines("phones"),
    ndisNumbers: lines("ndisNumbers"),
    imageUrls: lines("imageUrls"),
  };
}
