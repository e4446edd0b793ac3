import { readSummary } from "../convex/export-source";
import { describeSummary, type ExportOverview } from "../export/overview";
import { connect, type ConnectionOptions } from "./connection";
import { formatCount, formatSize } from "../lib/format";
import { print } from "./stdout";
import { alignColumns } from "./text";

export interface InspectOptions extends ConnectionOptions {
  json: boolean;
}

/** `inspect`: what an export would hold. */
export async function inspect(options: InspectOptions): Promise<void> {
  const { client, actor } = connect(options);
  try {
    const asOf = new Date();
    const overview = describeSummary(await readSummary(client, actor), asOf);
    await print(options.json ? `${JSON.stringify(overview)}\n` : describe(overview));
  } finally {
    await client.close();
  }
}

/** For people: one line per table, the largest first, and what is left out. */
function describe({ tables, excludedTables, ...overview }: ExportOverview): string {
  const bySize = tables.toSorted((a, b) => b.sizeBytes - a.sizeBytes);
  const rows = [
    ["table", "records", "size"],
    ...bySize.map((each) => [
      each.name,
      formatCount(each.records),
      formatSize({ ...each, bytes: each.sizeBytes, isExact: each.isSizeExact }),
    ]),
    [
      "all",
      formatCount(overview.totalRecords),
      formatSize({ ...overview, bytes: overview.totalBytes, isExact: overview.isSizeExact }),
    ],
  ];
  const excluded = excludedTables.map(({ name, reason }) => `  ${name}: ${reason}`);
  return [
    alignColumns(rows),
    "",
    `Left out (policy ${overview.policyVersion}):`,
    ...excluded,
    "",
    `As of ${overview.asOf}. Counts are exact; sizes with ≈ are estimates, right within ± in 19 of 20 cases.`,
    "",
  ].join("\n");
}
