import { z } from "zod";
import { ExportError } from "../export/errors";
import type { Identities, Page, PageRequest, PageTable } from "../export/source";
import type { StreamedPage } from "./client";

/** What the answers of the functions have to be that read pages. */

const counts = z.record(z.string(), z.number());

/** Where a page goes on. */
export const nextPage = z
  .object({ table: z.string(), from: z.number().nullable(), cursor: z.string().nullable() })
  .nullable();

/** A page whose lines went to a sink: their length is in their place. */
const pageSchema = z.object({
  tables: z.array(z.object({ name: z.string(), records: z.number(), lines: z.number() })),
  next: nextPage,
  redactions: counts,
  withheld: counts,
  pseudonymised: counts.optional(),
  references: z.record(z.string(), z.string()).optional(),
});

/** The profile of a page: it is pseudonymised by the identities, and only where there are any. */
export function privacyArgs(identities: Identities | undefined) {
  return identities === undefined ? {} : ({ privacy: "pseudonymised", identities } as const);
}

/**
 * What a page says of itself, beside its lines.
 * @throws ExportError `convex_failed` where it is none, or not what was asked for
 */
export function describePage(
  { value, lengths }: StreamedPage,
  asked: Pick<PageRequest, "identities" | "references">,
  name: string,
): Page {
  const { pseudonymised, references, ...answer } = parse(pageSchema, value, name);
  if ((pseudonymised === undefined) !== (asked.identities === undefined)) {
    throw new ExportError("convex_failed", `${name}: a page of another profile`);
  }
  if ((references === undefined) !== (asked.references === undefined)) {
    throw new ExportError("convex_failed", `${name}: a page without its references`);
  }
  return {
    ...answer,
    tables: streamedTables(answer.tables, lengths, name),
    ...(pseudonymised === undefined ? {} : { pseudonymised }),
    ...(references === undefined ? {} : { references }),
  };
}

/** The tables of a page, whose lines must be those that the sink got, in the same order. */
function streamedTables(
  tables: { name: string; records: number; lines: number }[],
  lengths: readonly number[],
  page: string,
): PageTable[] {
  if (
    tables.length !== lengths.length ||
    tables.some(({ lines }, index) => lines !== lengths[index])
  ) {
    throw new ExportError("convex_failed", `${page}: lines that are no text, or twice`);
  }
  return tables.map(({ name, records, lines }) => ({ name, records, bytes: lines }));
}

/** @throws ExportError `convex_failed` where an answer is not of the form it has to be */
export function parse<T>(schema: z.ZodType<T>, answer: unknown, name: string): T {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ExportError("convex_failed", `${name}: unexpected answer at ${issue?.path.join(".")}`);
}
