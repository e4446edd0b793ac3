import { useFetcher } from "@remix-run/react";
import { useEffect, useId, useRef, useState, type FormEvent } from "react";
import { buttonClasses } from "~/components/button";
import type { SegmentView } from "~/export/segment-view";
import { downloadPath, paths } from "~/lib/paths";
import { SegmentOutcome } from "./segment-counts";
import { FileFields, SegmentFields, TableFields } from "./segment-fields";
import { useExportRun } from "./use-export-run";

/** After the last change, before the choice is counted. */
const PAUSE_MS = 400;

/** What is typed into these fields changes nothing that is counted. */
const UNCOUNTED = ["reason", "privacy", "format"];

/**
 * The form of a segment: filters, profile and reason, what the choice holds, and its address. Without
 * JavaScript it is sent to its own page, which counts, or leads on to the download.
 * @param initial What is known at first; asked for where absent.
 */
export function SegmentForm({ initial }: { initial?: SegmentView }) {
  const { isRunning, begin } = useExportRun();
  const fetcher = useFetcher<SegmentView>();
  const form = useRef<HTMLFormElement>(null);
  const timer = useRef<number>();
  // What the counts on the page are of, or will be.
  const counted = useRef(initial === undefined ? "" : countedFilters(enteredQuery(initial)));
  const [address, setAddress] = useState(initial?.address);
  const id = useId();
  const { load } = fetcher;

  useEffect(() => {
    if (initial === undefined) load(`${paths.exportSegment}?go=count`);
    return () => window.clearTimeout(timer.current);
  }, [initial, load]);

  function onChange() {
    if (form.current === null) return;
    const query = readForm(form.current);
    setAddress(downloadPath(query));
    const filters = countedFilters(query);
    // Whoever changes something and takes it back within the pause is not to see counts of it.
    window.clearTimeout(timer.current);
    if (filters === counted.current) return;
    timer.current = window.setTimeout(() => count(filters), PAUSE_MS);
  }

  function count(filters: string) {
    counted.current = filters;
    load(`${paths.exportSegment}?${filters}${filters === "" ? "" : "&"}go=count`);
  }

  function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    begin(readForm(event.currentTarget));
  }

  const view = fetcher.data ?? initial;
  const entered = initial?.entered ?? {};
  return (
    <form
      ref={form}
      action={paths.exportSegment}
      onChange={onChange}
      onSubmit={onSubmit}
      className="grid gap-x-10 gap-y-6 pt-1 pb-6 lg:grid-cols-2"
    >
      <div className="space-y-5">
        <SegmentFields id={id} view={view} entered={entered} />
        <TableFields view={view} entered={entered} />
        <FileFields entered={entered} />
        <div className="flex flex-wrap gap-3">
          <button
            type="submit"
            name="go"
            value="export"
            aria-disabled={isRunning || undefined}
            className={buttonClasses("secondary")}
          >
            Export with these options
          </button>
          <noscript>
            <button type="submit" className={buttonClasses("secondary")}>
              Count
            </button>
          </noscript>
        </div>
      </div>
      {view !== undefined && (
        <SegmentOutcome
          view={{ ...view, address: address ?? view.address }}
          isCounting={fetcher.state !== "idle"}
          onCountAgain={() => count(counted.current)}
        />
      )}
    </form>
  );
}

/** The part of a query that changes what is counted. */
function countedFilters(query: URLSearchParams): string {
  const filters = [...query].filter(([name]) => !UNCOUNTED.includes(name));
  return new URLSearchParams(filters).toString();
}

function enteredQuery({ entered }: SegmentView): URLSearchParams {
  return new URLSearchParams(Object.entries(entered).filter(([, value]) => value !== ""));
}

/** The download's query: what was left empty is not in it, and a list has commas. */
function readForm(form: HTMLFormElement): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== "string" || value.trim() === "") continue;
    const before = query.get(name);
    query.set(name, before === null ? value.trim() : `${before},${value.trim()}`);
  }
  return query;
}
