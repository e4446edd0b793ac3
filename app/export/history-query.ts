import { z } from "zod";
import { FilterError } from "./filters";

/** Outcomes by which the history can be filtered. */
export const HISTORY_OUTCOMES = [
  "completed",
  "failed",
  "cancelled",
  "interrupted",
  "running",
  "denied",
] as const;

export type HistoryOutcome = (typeof HISTORY_OUTCOMES)[number];

/** Stands for the command line among people. */
export const COMMAND_LINE = "command_line";

/** What the address of the history asks for. */
export interface HistoryQuery {
  outcome?: HistoryOutcome;
  /** Id of a user, or `COMMAND_LINE`. */
  who?: string;
  /** Days in UTC, both of them included, e.g. `2026-01-31`. */
  since?: string;
  until?: string;
  /** Where the page begins: after an entry that began then, in ms, and whose row was made then. */
  before?: { at: number; created: number };
}

/** Convex's ids: 31 to 37 characters of Crockford's base 32 (`value/src/id_v6.rs`). */
const ID = /^[0-9a-hjkmnp-tv-z]{31,37}$/;

/** Two times in ms, the second with a fraction, as `formatCursor` writes them. */
const CURSOR = /^(\d{1,16})-(\d{1,16}(?:\.\d{1,12})?)$/;

const LONGEST_QUERY = 512;

const day = z.iso.date({ error: "is not a date such as 2026-01-31" });

const schema = z
  .strictObject({
    outcome: z
      .enum(HISTORY_OUTCOMES, { error: `must be one of ${HISTORY_OUTCOMES.join(", ")}` })
      .optional(),
    who: z
      .string()
      .refine(
        (who) => who === COMMAND_LINE || ID.test(who),
        `must be the id of a user, or ${COMMAND_LINE}`,
      )
      .optional(),
    since: day.optional(),
    until: day.optional(),
    before: z
      .string()
      .regex(CURSOR, "is not where a page of the history begins")
      .transform((cursor) => {
        const [, at, created] = CURSOR.exec(cursor) ?? [];
        return { at: Number(at), created: Number(created) };
      })
      .optional(),
  })
  .superRefine(({ since, until, who, outcome }, context) => {
    const refuse = (parameter: string, message: string) =>
      context.addIssue({ code: "custom", path: [parameter], message });
    if (since !== undefined && until !== undefined && since > until) {
      refuse("since", "is later than until");
    }
    if (who === COMMAND_LINE && outcome === "denied") {
      refuse("outcome", "cannot be denied for the command line, which no session is refused to");
    }
  });

/**
 * Reads the query of the history. What a form sends whose field was left empty counts as left out;
 * everything else that cannot be served is refused by name.
 * @throws FilterError
 */
export function parseHistoryQuery(query: URLSearchParams): HistoryQuery {
  if (query.toString().length > LONGEST_QUERY) {
    const message = `is longer than ${LONGEST_QUERY} characters`;
    throw new FilterError([{ parameter: "query", message }]);
  }
  const given = [...query].filter(([, value]) => value !== "");
  const names = given.map(([name]) => name);
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  if (repeated.length > 0) {
    throw new FilterError(
      repeated.map((parameter) => ({ parameter, message: "is given more than once" })),
    );
  }
  const result = schema.safeParse(Object.fromEntries(given));
  if (result.success) return result.data;
  throw new FilterError(
    result.error.issues.flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((parameter) => ({ parameter, message: "is not a known parameter" }))
        : [{ parameter: issue.path.join("."), message: issue.message }],
    ),
  );
}

/** The same as a query, on another page: the first one where none is named. */
export function formatHistoryQuery(
  { outcome, who, since, until }: HistoryQuery,
  before: HistoryQuery["before"] | null,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ outcome, who, since, until })) {
    if (value !== undefined) query.set(name, value);
  }
  if (before) query.set("before", `${before.at}-${before.created}`);
  return query.toString();
}
