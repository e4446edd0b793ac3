import { z } from "zod";
import type { Consistency, Privacy } from "./source";

/** Longest reason that an administrator may give, in characters. */
const MAXIMUM_REASON_LENGTH = 500;

/**
 * Longest query string that is read, in characters. The longest set of filters needs about 700, and
 * a reason, percent-encoded, nine for each of its characters.
 */
const MAXIMUM_QUERY_LENGTH = 6144;

/** What could break a line of the record, or show it in another order than it was written in. */
const CONTROL_CHARACTER = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;

/** What a download asks for. */
export interface ExportRequest {
  format: "json";
  privacy: Privacy;
  /** A rolling export is no snapshot. It is made only where it is asked for. */
  consistency: Consistency;
  /** Only these tables; all where absent. */
  tables?: string[];
  /** UUID chosen by the page, so that it can follow the run. */
  run?: string;
  /** Why it is exported, in the administrator's words, for the audit row. */
  reason?: string;
}

/** A query that cannot be served. Each problem names its parameter. */
export class FilterError extends Error {
  override readonly name = "FilterError";
  constructor(readonly problems: readonly { parameter: string; message: string }[]) {
    super(problems.map(({ parameter, message }) => `${parameter}: ${message}`).join("; "));
  }
}

const isoDate = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: "is not an ISO 8601 date or date-time",
});

/** A parameter of segmented exports, which this version does not make. */
const notYet = z.never({
  error: "cannot be used yet: leave it out to export the full database",
});

function querySchema(knownTables: readonly string[]) {
  return z
    .strictObject({
      format: z.literal("json", { error: "must be json" }).default("json"),
      privacy: z
        .enum(["redacted", "pseudonymised"], { error: "must be redacted or pseudonymised" })
        .default("redacted"),
      consistency: z
        .enum(["snapshot", "rolling"], { error: "must be snapshot or rolling" })
        .default("snapshot"),
      tables: z
        .string()
        .transform((list) => list.split(","))
        .superRefine((tables, context) => {
          for (const [index, table] of tables.entries()) {
            if (!knownTables.includes(table)) {
              context.addIssue({ code: "custom", message: `has no table named "${table}"` });
            } else if (tables.indexOf(table) !== index) {
              context.addIssue({ code: "custom", message: `names ${table} twice` });
            }
          }
        })
        .optional(),
      run: z.uuid({ error: "must be a UUID" }).optional(),
      reason: z
        .string()
        .trim()
        .max(MAXIMUM_REASON_LENGTH, `may have ${MAXIMUM_REASON_LENGTH} characters`)
        .refine((reason) => !CONTROL_CHARACTER.test(reason), "must not have control characters")
        // What a form sends whose field was left empty.
        .transform((reason) => (reason === "" ? undefined : reason))
        .optional(),
      company: notYet.optional(),
      site: notYet.optional(),
      from: isoDate.pipe(notYet).optional(),
      to: isoDate.pipe(notYet).optional(),
    })
    .superRefine(({ privacy, consistency }, context) => {
      // Who is looked for is read first: somebody new in a later page would stay in its texts.
      if (privacy === "pseudonymised" && consistency === "rolling") {
        const message = "cannot be pseudonymised with consistency=rolling";
        context.addIssue({ code: "custom", path: ["privacy"], message });
      }
    });
}

/**
 * Reads the query of a download. Nothing is ignored: an unknown, repeated or bad parameter is
 * refused by name.
 * @throws FilterError
 */
export function parseExportQuery(
  query: URLSearchParams,
  knownTables: readonly string[],
): ExportRequest {
  if (query.toString().length > MAXIMUM_QUERY_LENGTH) {
    const message = `is longer than ${MAXIMUM_QUERY_LENGTH} characters`;
    throw new FilterError([{ parameter: "query", message }]);
  }
  const repeated = [...new Set(query.keys())].filter((key) => query.getAll(key).length > 1);
  if (repeated.length > 0) {
    throw new FilterError(
      repeated.map((parameter) => ({ parameter, message: "is given more than once" })),
    );
  }
  const result = querySchema(knownTables).safeParse(Object.fromEntries(query));
  if (!result.success) {
    throw new FilterError(
      result.error.issues.flatMap((issue) =>
        issue.code === "unrecognized_keys"
          ? issue.keys.map((parameter) => ({ parameter, message: "is not a known parameter" }))
          : [{ parameter: issue.path.join("."), message: issue.message }],
      ),
    );
  }
  const { format, privacy, consistency, tables, run, reason } = result.data;
  return {
    format,
    privacy,
    consistency,
    ...(tables === undefined ? {} : { tables }),
    ...(run === undefined ? {} : { run }),
    ...(reason === undefined ? {} : { reason }),
  };
}
