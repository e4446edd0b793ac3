import { createContext, useContext } from "react";

/** The export that this tab runs, if any. */
export interface ExportRunControl {
  isRunning: boolean;
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
