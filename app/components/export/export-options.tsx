import { ChevronRight } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { paths } from "~/lib/paths";

const SegmentForm = lazy(async () => ({ default: (await import("./segment-form")).SegmentForm }));

/**
 * A part of the database, format, profile and reason, closed at first: the full export stays the one
 * obvious button. The form, and what can be chosen, only come once it is open. Without JavaScript
 * there is a page with the same form.
 */
export function ExportOptions() {
  const details = useRef<HTMLDetailsElement>(null);
  const [isOpened, setIsOpened] = useState(false);
  useEffect(() => {
    // It may have been opened before this script came.
    if (details.current?.open === true) setIsOpened(true);
  }, []);
  return (
    <details
      ref={details}
      className="group border-t border-line px-5 sm:px-6"
      onToggle={(event) => setIsOpened((before) => before || event.currentTarget.open)}
    >
      <summary className="-mx-1 flex cursor-pointer list-none items-center gap-1.5 rounded-sm px-1 py-4 text-sm font-semibold">
        <ChevronRight
          aria-hidden="true"
          className="size-4 shrink-0 transition-transform group-open:rotate-90 motion-reduce:transition-none"
        />
        Part of the database, format and privacy
      </summary>
      {isOpened && (
        <Suspense fallback={<p className="pb-6 text-sm text-ink-soft">Loading…</p>}>
          <SegmentForm />
        </Suspense>
      )}
      <noscript>
        <a href={paths.exportSegment} className="block pb-6 text-sm text-accent underline">
          Choose what to export
        </a>
      </noscript>
    </details>
  );
}
