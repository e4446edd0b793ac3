import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { SegmentForm } from "./segment-form";

/**
 * A part of the database, a profile and a reason, closed at first: the full export stays the one
 * obvious button. What can be chosen is only asked for once it is open.
 */
export function ExportOptions() {
  const [isOpened, setIsOpened] = useState(false);
  return (
    <details
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
      <SegmentForm isShown={isOpened} />
    </details>
  );
}
