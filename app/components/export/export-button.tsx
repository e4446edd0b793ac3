import type { MouseEvent } from "react";
import { Download, LoaderCircle } from "lucide-react";
import { buttonClasses } from "~/components/button";
import { paths } from "~/lib/paths";
import { useExportRun } from "./use-export-run";

const PREPARING = "Preparing your export…";

/** Where the focus goes when a run has ended. */
export const EXPORT_BUTTON_ID = "export";

/**
 * The one button of the export page. It is a plain link to the download, which also works without
 * JavaScript and as a bookmark; with JavaScript the portal follows the run and says how it ended.
 */
export function ExportButton() {
  const { isRunning, begin } = useExportRun();

  function onClick(event: MouseEvent<HTMLAnchorElement>) {
    // Into a new tab or window, as a download or with a menu: that is for the browser alone.
    const isForBrowser = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (isForBrowser && !isRunning) return;
    event.preventDefault();
    begin();
  }

  return (
    <div className="w-full sm:w-auto">
      <a
        id={EXPORT_BUTTON_ID}
        href={paths.exportDownload}
        onClick={onClick}
        aria-disabled={isRunning || undefined}
        aria-busy={isRunning}
        className={`${buttonClasses("primary", "large")} w-full sm:w-72`}
      >
        {isRunning ? (
          <LoaderCircle aria-hidden="true" className="size-5 shrink-0 animate-spin" />
        ) : (
          <Download aria-hidden="true" className="size-5 shrink-0" />
        )}
        {isRunning ? PREPARING : "Export Full Database"}
      </a>
      <p role="status" className="sr-only">
        {isRunning ? PREPARING : ""}
      </p>
    </div>
  );
}
