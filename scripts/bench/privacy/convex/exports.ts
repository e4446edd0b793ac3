import type { FunctionReturnType } from "convex/server";
import type { internal } from "../../../../convex/_generated/api";
import { internalQuery } from "../../../../convex/functions";
import { requireSystemAdmin } from "../../../../convex/model/actors";
import type { Actor } from "../../../../convex/model/actors";
import { parseTables, readPage, WHOLE_TABLE } from "../../../../convex/model/exportPage";
import type { DocumentReader, PageRequest } from "../../../../convex/model/exportPage";
import { asLines, joinLines } from "../../../../convex/model/lines";
import type { ExportedDocument } from "../../../../convex/model/sanitize";

export { begin, summarize } from "../../../../convex/exports";

/** Passes documents on as they are. */
const asStored: DocumentReader = {
  checkpoint: () => () => undefined,
  document: (_table, stored) => stored as ExportedDocument,
};

/**
 * The project's `exports:readLines` without its sanitiser, and nothing else changed: what a page
 * costs anyway. Only for the benchmarks: its answers hold every credential.
 */
export const readLines = internalQuery({
  handler: async (
    ctx,
    args: {
      actor: Actor;
      tables?: string[];
      page: Omit<PageRequest, "tables">;
      encoding?: "latin1";
    },
  ): Promise<FunctionReturnType<typeof internal.exports.readLines>> => {
    await requireSystemAdmin(ctx, args.actor);
    const tables = parseTables(args.tables);
    const request = { ...args.page, range: args.page.range ?? WHOLE_TABLE, tables };
    const { data, next } = await readPage(ctx, request, asLines(asStored));
    return { tables: joinLines(data, args.encoding), next, redactions: {}, withheld: {} };
  },
});
