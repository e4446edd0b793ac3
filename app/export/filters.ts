import { z } from "zod";
import { DOWNLOAD_FORMATS, listFormats, type ExportFormat } from "./formats/format";
import {
  CONTROL_CHARACTER,
  isSegmented,
  pickSegment,
  segmentParameters,
  type SegmentFilter,
} from "./segment-filter";
import type { Consistency, Privacy } from "./source";

/** Longest reason that an administrator may give, in characters. */
const MAXIMUM_REASON_LENGTH = 500;

/**
 * Longest query string that is read, in characters. The names of all tables need about 400, a
 * company's id 35, and a reason, percent-encoded, up to nine for each of its characters.
 */
const MAXIMUM_QUERY_LENGTH = 6144;

/** What a download asks for; all of the database where it names no segment. */
export interface ExportRequest extends SegmentFilter {
  format: ExportFormat;
  privacy: Privacy;
  /** A rolling export is no snapshot. It is made only where it is asked for. */
  consistency: Consistency;
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

function createQuerySchema(knownTables: readonly string[]) {
  return z
    .strictObject({
      format: z
        .enum(DOWNLOAD_FORMATS, { error: `must be ${listFormats(DOWNLOAD_FORMATS)}` })
        .default("json"),
      privacy: z
        .enum(["redacted", "pseudonymised"], { error: "must be redacted or pseudonymised" })
        .default("redacted"),
      consistency: z
        .enum(["snapshot", "rolling"], { error: "must be snapshot or rolling" })
        .default("snapshot"),
      ...segmentParameters(knownTables),
      run: z.uuid({ error: "must be a UUID" }).optional(),
      reason: z
        .string()
        .trim()
        .max(MAXIMUM_REASON_LENGTH, `may have ${MAXIMUM_REASON_LENGTH} characters`)
        .refine((reason) => !CONTROL_CHARACTER.test(reason), "must not have control characters")
        // What a form sends whose field was left empty.
        .transform((reason) => (reason === "" ? undefined : reason))
        .optional(),
    })
    .superRefine(({ from, to }, context) => {
      if (from === undefined || to === undefined || from < to) return;
      context.addIssue({ code: "custom", path: ["from"], message: "is not before to" });
    })
    .superRefine((request, context) => {
      // What a document refers to may be gone by the time that it is read.
      if (request.consistency === "rolling" && isSegmented(request)) {
        const message = "cannot be rolling for a segment: leave the filters out, or rolling";
        context.addIssue({ code: "custom", path: ["consistency"], message });
      }
    })
    .superRefine(({ privacy, consistency }, context) => {
      // Who is looked for is read first: somebody new in a later page would stay in its texts.
      if (privacy === "pseudonymised" && consistency === "rolling") {
        const message = "cannot be pseudonymised with consistency=rolling";
        context.addIssue({ code: "custom", path: ["privacy"], message });
      }
    });
}

/** By the tables that they know. Making one takes longer than all that it reads. */
const querySchemas = new WeakMap<readonly string[], ReturnType<typeof createQuerySchema>>();

function querySchema(knownTables: readonly string[]) {
  const schema = querySchemas.get(knownTables) ?? createQuerySchema(knownTables);
  querySchemas.set(knownTables, schema);
  return schema;
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
  const { format, privacy, consistency, run, reason, ...segment } = result.data;
  return {
    format,
    privacy,
    consistency,
    ...pickSegment(segment),
    ...(run === undefined ? {} : { run }),
    ...(reason === undefined ? {} : { reason }),
  };
}
