import { createContext, useContext } from "react";
import type { FollowedRun, RunStatus } from "~/export/run-status";

/** The export that this tab runs or follows, if any. */
export interface ExportRunControl {
  /** Whether this tab runs one. */
  isRunning: boolean;
  /** The one that it runs or follows. */
  active?: { runKey: string; status?: RunStatus; earlier?: RunStatus };
  /** The last one that ended, if this tab followed it. */
  endedRunKey?: string;
  /** Follows a run that was found; does nothing while there is another one. */
  adopt: (run: FollowedRun) => void;
  /**
   * Starts an export; does nothing while one runs.
   * @param options Query of the download; a full export with the defaults where it is left out.
   */
  begin: (options?: URLSearchParams) => void;
}

export const ExportRunContext = createContext<ExportRunControl | null>(null);

/** @throws Error outside of `ExportRunProvider` */
export function useExportRun(): ExportRunControl {
  const control = useContext(ExportRunContext);
  if (control === null) throw new Error("useExportRun needs an ExportRunProvider above it");
  return control;
}
