import { ExportError } from "./errors";
import { planExport } from "./plan";
import { countSegment, type SegmentCounts } from "./segment-capture";
import type { SegmentFilter } from "./segment-filter";
import type { SelectionOptions } from "./segment-selection";
import type { ExportSource } from "./source";

/** The form of a segment, as the page shows it. */
export interface SegmentView {
  /** To choose from; other companies can be named by hand. */
  companies: { slug: string; name: string }[];
  /** Of the companies that are chosen. */
  sites: { id: string; name: string }[];
  tables: string[];
  /** What was entered, by the names of the download's parameters. */
  entered: Record<string, string>;
  /** The download of exactly this. */
  address: string;
  /** Null where nothing is narrowed down, or something is wrong with it. */
  counts: SegmentCounts | null;
  /** What is wrong with which filter. */
  problems: { parameter: string; message: string }[];
  /** Why nothing is known of the choice; for the administrator. */
  failure?: string;
}

/** Counts a segment at the latest moment. What is wrong with its filters is no error here. */
export async function describeSegment(
  source: ExportSource,
  filter: SegmentFilter,
  options: SelectionOptions,
): Promise<Pick<SegmentView, "counts" | "problems">> {
  try {
    const plan = await planExport(source, options.signal);
    return { counts: await countSegment(source, plan, filter, options), problems: [] };
  } catch (error) {
    if (options.signal.aborted) throw new ExportError("timed_out", "a segment was not counted");
    if (!(error instanceof ExportError)) throw error;
    if (error.code === "bad_segment") return { counts: null, problems: [...error.problems] };
    if (error.code !== "segment_too_large") throw error;
    return { counts: null, problems: [{ parameter: "tables", message: error.message }] };
  }
}
