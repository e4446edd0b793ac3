import { useCallback, useEffect, useMemo, useReducer, useRef } from "react";
import type { ReactNode } from "react";
import { paths } from "~/lib/paths";
import { exportRunReducer, initialExportRunState } from "./export-run-state";
import { followRun } from "./follow-run";
import { readRefusal } from "./frame-refusal";
import { showOutcome } from "./show-outcome";
import { ExportRunContext } from "./use-export-run";

/**
 * Runs an export for the pages inside it, so that it goes on while the administrator moves between
 * them. The download goes through a hidden frame, where a page that comes instead of a file cannot
 * replace the one in use; what became of it is polled from the run's audit row.
 */
export function ExportRunProvider({ children }: { children: ReactNode }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [state, dispatch] = useReducer(exportRunReducer, initialExportRunState);
  const activeRunKey = state.phase === "active" ? state.runKey : undefined;
  const isRunning = activeRunKey !== undefined;

  const lastOptions = useRef<URLSearchParams>();

  const begin = useCallback(
    (options?: URLSearchParams) => {
      if (isRunning) return;
      lastOptions.current = options;
      const runKey = crypto.randomUUID();
      const query = new URLSearchParams(options);
      query.set("run", runKey);
      // Replaced, so that a page that comes instead of a file adds no step to the Back button.
      frame.current?.contentWindow?.location.replace(`${paths.exportDownload}?${query.toString()}`);
      dispatch({ type: "started", runKey, atMs: Date.now() });
    },
    [isRunning],
  );

  useEffect(() => {
    if (activeRunKey === undefined) return;
    const controller = new AbortController();
    void followRun(
      activeRunKey,
      (result) => dispatch({ type: "polled", runKey: activeRunKey, result, atMs: Date.now() }),
      controller.signal,
    );
    return () => controller.abort();
  }, [activeRunKey]);

  useEffect(() => showOutcome(state, () => begin(lastOptions.current)), [state, begin]);

  const control = useMemo(() => ({ isRunning, begin }), [isRunning, begin]);
  return (
    <ExportRunContext.Provider value={control}>
      {children}
      <iframe
        ref={frame}
        title="Receives the downloaded file"
        hidden
        onLoad={(event) => {
          const refusal = readRefusal(event.currentTarget);
          if (refusal !== null) dispatch({ type: "page_loaded", refusal, atMs: Date.now() });
        }}
      />
    </ExportRunContext.Provider>
  );
}
