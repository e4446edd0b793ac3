import { internalQuery } from "../../../../convex/functions";
import { EXPORT_TABLES } from "../../../../convex/model/exportTables";

/**
 * The design that the project is compared with: one query collects every table and returns it.
 * Beside it stand the project's own functions, so that both read the same deployment.
 */
export const everything = internalQuery({
  args: {},
  handler: async (ctx) => {
    const data: Record<string, unknown[]> = {};
    for (const table of EXPORT_TABLES) data[table] = await ctx.db.query(table).collect();
    const recordCounts = Object.fromEntries(
      Object.entries(data).map(([table, documents]) => [table, documents.length]),
    );
    return {
      metadata: {
        exportedAt: new Date().toISOString(),
        exportType: "full",
        version: "1.0",
        recordCounts,
        totalRecords: Object.values(recordCounts).reduce((sum, count) => sum + count, 0),
      },
      data,
    };
  },
});
