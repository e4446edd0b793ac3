import { createContext, useContext } from "react";

/** The export that this tab runs, if any. */
export interface ExportRunControl {
  isRunning: boolean;
  /** Starts an export; does nothing while one runs. */
  begin: () => void;
}

export const ExportRunContext = createContext<ExportRunControl | null>(null);

/** @throws Error outside of `ExportRunProvider` */
export function useExportRun(): ExportRunControl {
  const control = useContext(ExportRunContext);
  if (control === null) throw new Error("useExportRun needs an ExportRunProvider above it");
  return control;
}
