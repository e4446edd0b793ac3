import type { ByteRange } from "../export/document";

/** What a `Range` header asks for. */
export type RangeSelection =
  { kind: "whole" } | { kind: "part"; range: ByteRange } | { kind: "unsatisfiable" };

const WHOLE: RangeSelection = { kind: "whole" };

// Of several ranges, of other units and of what is not valid, RFC 9110 (14.2) allows to send all.
const SINGLE_RANGE = /^bytes=[ \t]*(?:(?<first>\d+)-(?<last>\d*)|-(?<suffix>\d+))[ \t]*$/i;

/**
 * Reads a `Range` header (RFC 9110, 14.1.2) for a file of so many bytes. Not `range-parser`: for a
 * suffix longer than the file that one answers “unsatisfiable”, where the RFC means all of it.
 */
export function selectRange(header: string | null, bytes: number): RangeSelection {
  const groups = SINGLE_RANGE.exec(header ?? "")?.groups;
  if (groups === undefined) return WHOLE;
  const { first, last, suffix } = groups;
  if (suffix !== undefined) return part(Math.max(0, bytes - Number(suffix)), bytes, bytes);
  const start = Number(first);
  if (last === "") return part(start, bytes, bytes);
  return Number(last) < start ? WHOLE : part(start, Number(last) + 1, bytes);
}

function part(start: number, end: number, bytes: number): RangeSelection {
  if (start >= bytes) return { kind: "unsatisfiable" };
  return { kind: "part", range: { start, end: Math.min(end, bytes) } };
}
