import { diffExports, type ExportDiff, type TableDiff } from "../analysis/diff";
import { formatCount } from "../lib/format";
import { EXIT, requireReadable, type ExitCode } from "./failure";
import { print } from "./stdout";
import { alignColumns } from "./text";

export interface DiffCommandOptions {
  old: string;
  new: string;
  ids: boolean;
  fingerprints: boolean;
  exitCode: boolean;
  json: boolean;
}

/** `diff OLD NEW`: what was added, removed and changed between two exports. */
export async function diff(options: DiffCommandOptions, signal: AbortSignal): Promise<ExitCode> {
  for (const file of [options.old, options.new]) await requireReadable(file);
  const found = await diffExports(options.old, options.new, {
    withIds: options.ids,
    withFingerprints: options.fingerprints,
    signal,
  });
  await print(options.json ? `${JSON.stringify(toJson(found))}\n` : describe(found));
  return options.exitCode && !found.isSame ? EXIT.different : EXIT.done;
}

function toJson({ isSame, old, new: newer, tables }: ExportDiff) {
  return {
    isSame,
    old: { snapshotTimestamp: old.snapshotTimestamp, totalRecords: old.totalRecords },
    new: { snapshotTimestamp: newer.snapshotTimestamp, totalRecords: newer.totalRecords },
    isComparable: profileOf(old) === "redacted" && profileOf(newer) === "redacted",
    tables,
  };
}

function profileOf({ sanitization }: ExportDiff["old"]): string {
  return sanitization.profile ?? "redacted";
}

function describe({ old, new: newer, tables, isSame }: ExportDiff): string {
  const rows = tables.map((each) => [
    each.table,
    ...[each.added, each.removed, each.changed, each.unchanged].map(formatCount),
  ]);
  const lines = [
    `old  ${old.snapshotTimestamp}  ${formatCount(old.totalRecords)} documents`,
    `new  ${newer.snapshotTimestamp}  ${formatCount(newer.totalRecords)} documents`,
    "",
    alignColumns([["table", "added", "removed", "changed", "unchanged"], ...rows]),
    "",
    ...tables.flatMap(listIds),
    isSame ? "No document differs." : "Documents differ.",
  ];
  if (profileOf(old) !== profileOf(newer) || profileOf(old) === "pseudonymised") {
    lines.push(
      "Pseudonyms are made anew for each export, unless both were made with one --key-file: documents",
      "with people count as changed.",
    );
  }
  return `${lines.join("\n")}\n`;
}

function listIds({ table, ids }: TableDiff): string[] {
  if (ids === undefined) return [];
  const lines = [
    ...ids.added.map((id) => `+ ${id}`),
    ...ids.removed.map((id) => `- ${id}`),
    ...ids.changed.map((id) => `~ ${id}`),
  ];
  return lines.length === 0 ? [] : [table, ...lines.map((line) => `  ${line}`), ""];
}
