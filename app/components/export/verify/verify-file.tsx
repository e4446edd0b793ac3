import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { FileSearch } from "lucide-react";
import { buttonClasses } from "~/components/button";
import { formatBytes } from "~/lib/format";
import type { FileInspection } from "~/workers/inspection";
import { checkFile } from "./file-checker";
import { findMatches, type MatchResult } from "./find-matches";
import { Verdict } from "./verdict";

type Check =
  | { phase: "idle" }
  | { phase: "reading"; file: File; bytes: number }
  /** Without a match while the history is asked. */
  | { phase: "read"; file: File; inspection: FileInspection; match?: MatchResult }
  | { phase: "unreadable"; file: File };

/** Checks a file that is chosen or dropped, and says what it is. */
export function VerifyFile() {
  const [check, setCheck] = useState<Check>({ phase: "idle" });
  const stop = useRef<() => void>(() => undefined);
  useEffect(() => () => stop.current(), []);

  function match(file: File, inspection: FileInspection) {
    const controller = new AbortController();
    stop.current = () => controller.abort();
    setCheck({ phase: "read", file, inspection });
    void findMatches(inspection.digest, controller.signal).then((result) => {
      if (!controller.signal.aborted) setCheck({ phase: "read", file, inspection, match: result });
    });
  }

  function begin(file: File) {
    stop.current();
    setCheck({ phase: "reading", file, bytes: 0 });
    stop.current = checkFile(file, {
      onProgress: (bytes) => setCheck({ phase: "reading", file, bytes }),
      onDone: (inspection) => match(file, inspection),
      onFailed: () => setCheck({ phase: "unreadable", file }),
    });
  }

  function cancel() {
    stop.current();
    setCheck({ phase: "idle" });
  }

  return (
    <div className="space-y-6">
      <FileZone onFile={begin} />
      {check.phase === "reading" && <Reading {...check} onCancel={cancel} />}
      {/* In the page from the start, so that screen readers hear what comes into it. */}
      <div role="status">
        {check.phase === "read" && (
          <Verdict
            fileName={check.file.name}
            inspection={check.inspection}
            match={check.match}
            onRetry={() => match(check.file, check.inspection)}
          />
        )}
        {check.phase === "unreadable" && (
          <p className="rounded-xl border border-line bg-danger-soft p-5 text-sm text-danger">
            {check.file.name} could not be checked. It may have been changed, moved or removed
            meanwhile, or the portal cannot be reached. Choose it again.
          </p>
        )}
      </div>
    </div>
  );
}

/** Endings for those systems that do not know the types. */
const ACCEPTED = ".json,.ndjson,.zip,application/json,application/x-ndjson,application/zip";

const neverChanges = () => () => undefined;

/** The browser's own file field, made large: it takes dropped files and the keyboard by itself. */
function FileZone({ onFile }: { onFile: (file: File) => void }) {
  const isReady = useSyncExternalStore(
    neverChanges,
    () => true,
    () => false,
  );
  return (
    <div className="file-zone needs-script relative rounded-xl border-2 border-dashed border-line-strong bg-surface p-8 text-center transition-colors hover:border-accent">
      <FileSearch aria-hidden="true" className="mx-auto size-8 text-accent" />
      <label htmlFor="file" className="mt-3 block font-semibold">
        Choose an export file, or drop it here
      </label>
      <p id="file-note" className="mt-1 text-sm text-ink-soft">
        JSON, NDJSON or a bundle: .json, .ndjson, .zip. It stays on this computer: the browser reads
        it, and only its SHA-256 is looked up.
      </p>
      <input
        id="file"
        type="file"
        accept={ACCEPTED}
        aria-describedby="file-note"
        disabled={!isReady}
        className="absolute inset-0 size-full cursor-pointer opacity-0"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file !== undefined) onFile(file);
          // So that the same file can be chosen again.
          currentTarget.value = "";
        }}
      />
    </div>
  );
}

interface ReadingProps {
  file: File;
  bytes: number;
  onCancel: () => void;
}

function Reading({ file, bytes, onCancel }: ReadingProps) {
  return (
    <div className="rounded-xl border border-line bg-surface p-5 text-sm shadow-card">
      <p id="reading" className="font-semibold break-all">
        Checking {file.name}
      </p>
      <progress
        aria-labelledby="reading"
        max={Math.max(file.size, 1)}
        value={bytes}
        className="bar mt-3 h-2 w-full"
      />
      <div className="mt-2 flex items-center justify-between gap-4">
        <span className="text-ink-soft tabular-nums">
          {formatBytes(bytes)} of {formatBytes(file.size)}
        </span>
        <button type="button" onClick={onCancel} className={buttonClasses("secondary", "small")}>
          Stop
        </button>
      </div>
    </div>
  );
}
