import type { ExportFile } from "../export/document";
import type { ReadingProgress } from "../export/run";
import { formatBytes, formatCount, formatDuration } from "../lib/format";

/** What is told of an export while it is made, and when it is done. */
export interface Reporter {
  reading(progress: ReadingProgress): void;
  /** @param where The file's path, or `-`. */
  done(file: ExportFile, where: string, ms: number): void;
  /** Told after `done` where the end of the export could not be put on record. */
  unrecorded(): void;
  /** Leaves the terminal as it should be for what is printed next. */
  end(): void;
}

const WIDTH = 24;

const UNRECORDED = "The file is complete. That it was written could not be put on record.";

/** How often the bar moves, and events are written. */
const INTERVAL_MS = 100;
const EVENT_INTERVAL_MS = 1_000;

/** A bar for people, on a terminal; nothing but the result elsewhere. */
export function createTextReporter(stream: NodeJS.WriteStream): Reporter {
  let shownAt = 0;
  let isShown = false;
  const clear = () => {
    if (isShown) stream.write("\r\x1b[K");
    isShown = false;
  };
  return {
    reading({ records, totalRecords, bytes }) {
      if (!stream.isTTY || Date.now() - shownAt < INTERVAL_MS) return;
      shownAt = Date.now();
      const share = totalRecords === 0 ? 1 : Math.min(1, records / totalRecords);
      const bar = "█".repeat(Math.round(share * WIDTH)).padEnd(WIDTH, "░");
      clear();
      stream.write(
        `${bar} ${Math.round(share * 100)} %  ${formatCount(records)} of ${formatCount(totalRecords)} records, ${formatBytes(bytes)}`,
      );
      isShown = true;
    },
    done(file, where, ms) {
      clear();
      const { totalRecords } = file.metadata;
      stream.write(
        `${where === "-" ? "Written to standard output" : where}: ${formatCount(totalRecords)} records, ${formatBytes(file.bytes)}, in ${formatDuration(ms)}\nSHA-256 ${file.digest.toString("hex")}\n`,
      );
    },
    unrecorded: () => void stream.write(`${UNRECORDED}\n`),
    end: clear,
  };
}

/** One JSON object per line, for programs. */
export function createEventReporter(stream: NodeJS.WriteStream): Reporter {
  let writtenAt = -Infinity;
  const write = (event: object) => void stream.write(`${JSON.stringify(event)}\n`);
  return {
    reading(progress) {
      if (Date.now() - writtenAt < EVENT_INTERVAL_MS) return;
      writtenAt = Date.now();
      write({ event: "reading", ...progress });
    },
    done({ bytes, digest, metadata }, where, ms) {
      const { totalRecords, recordCounts, snapshotTimestamp, consistency } = metadata;
      write({
        event: "completed",
        file: where,
        bytes,
        sha256: digest.toString("hex"),
        totalRecords,
        recordCounts,
        snapshotTimestamp,
        consistency,
        durationMs: Math.round(ms),
      });
    },
    unrecorded: () => write({ event: "unrecorded", message: UNRECORDED }),
    end: () => undefined,
  };
}
