import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useLocation, useRevalidator } from "@remix-run/react";
import type { ReactNode } from "react";
import type { FollowedRun } from "~/export/run-status";
import { paths } from "~/lib/paths";
import { exportRunReducer, initialExportRunState } from "./export-run-state";
import type { ExportRunState } from "./export-run-state";
import { readRefusal } from "./frame-refusal";
import { readPendingAfterReload, rememberPending } from "./pending-export";
import { titlePrefix } from "./run-progress";
import { ExportRunContext } from "./use-export-run";

/** Tells the other tabs of a run that begins here. */
const CHANNEL = "supportsignal-export";

/** Its code comes while the portal makes the export, and is there when the portal is gone. */
const loadFollower = () => import("./run-follower");

/**
 * Runs an export for the pages inside it, so that it goes on while the administrator moves between
 * them. The download goes through a hidden frame, where a page that comes instead of a file cannot
 * replace the one in use; what became of it is polled from the run's audit row.
 */
export function ExportRunProvider({ children }: { children: ReactNode }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [state, dispatch] = useReducer(exportRunReducer, initialExportRunState);
  const active = state.phase === "active" ? state : undefined;
  const activeRunKey = active?.runKey;
  const isRunning = active?.isOwn === true;

  const lastOptions = useRef<URLSearchParams>();

  // A frame is a document of its own: it is made for the first download, not while the page loads.
  const [hasFrame, setHasFrame] = useState(false);
  const download = useCallback((query: string) => {
    flushSync(() => setHasFrame(true));
    // Replaced, so that a page that comes instead of a file adds no step to the Back button.
    frame.current?.contentWindow?.location.replace(`${paths.exportDownload}?${query}`);
  }, []);

  const begin = useCallback(
    (options?: URLSearchParams) => {
      if (isRunning) return;
      lastOptions.current = options;
      const runKey = crypto.randomUUID();
      const query = new URLSearchParams(options);
      query.set("run", runKey);
      download(query.toString());
      rememberPending({ runKey, query: query.toString() });
      tellOtherTabs(runKey);
      dispatch({ type: "started", runKey, atMs: Date.now() });
    },
    [isRunning, download],
  );

  const adopt = useCallback(({ runKey, status }: FollowedRun) => {
    dispatch({ type: "found", runKey, status, atMs: Date.now() });
  }, []);

  useEffect(() => {
    const pending = readPendingAfterReload();
    if (pending === null) return;
    const { runKey, query } = pending;
    dispatch({ type: "started", runKey, atMs: Date.now() });
    const controller = new AbortController();
    void loadFollower().then(async ({ pollRun }) => {
      const look = await pollRun(runKey, controller.signal);
      // A delivery that has begun is the browser's: it goes on without the page.
      const isMade = look.kind === "run" && !isBeingMade(look.run.status?.phase);
      if (!isMade && !controller.signal.aborted) download(query);
    });
    return () => controller.abort();
  }, [download]);

  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = ({ data }) => {
      if (typeof data === "string") dispatch({ type: "found", runKey: data, atMs: Date.now() });
    };
    return () => channel.close();
  }, []);

  useEffect(() => {
    if (activeRunKey === undefined) return;
    const controller = new AbortController();
    void loadFollower().then(({ followRun }) =>
      followRun(
        activeRunKey,
        (result) => dispatch({ type: "polled", runKey: activeRunKey, result, atMs: Date.now() }),
        controller.signal,
      ),
    );
    return () => controller.abort();
  }, [activeRunKey]);

  useTitle(titlePrefix(active?.status));
  useEnd(state, () => begin(lastOptions.current));

  const { status, earlier } = active ?? {};
  const endedRunKey = state.phase === "idle" || active !== undefined ? undefined : state.runKey;
  const control = useMemo(() => {
    const shown =
      activeRunKey === undefined ? undefined : { runKey: activeRunKey, status, earlier };
    return { isRunning, active: shown, endedRunKey, begin, adopt };
  }, [isRunning, activeRunKey, status, earlier, endedRunKey, begin, adopt]);
  return (
    <ExportRunContext.Provider value={control}>
      {children}
      {hasFrame && (
        <iframe
          ref={frame}
          title="Receives the downloaded file"
          hidden
          onLoad={(event) => {
            const refusal = readRefusal(event.currentTarget);
            if (refusal !== null) dispatch({ type: "page_loaded", refusal, atMs: Date.now() });
          }}
        />
      )}
    </ExportRunContext.Provider>
  );
}

function isBeingMade(phase: string | undefined): boolean {
  return phase === "waiting" || phase === "reading" || phase === "preparing";
}

function tellOtherTabs(runKey: string): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(runKey);
  channel.close();
}

/** Says how a run ended, and brings the page's figures and history up to date. */
function useEnd(state: ExportRunState, tryAgain: () => void): void {
  const { revalidate } = useRevalidator();
  const again = useRef(tryAgain);
  useEffect(() => {
    again.current = tryAgain;
  });
  const reload = useRef(revalidate);
  useEffect(() => {
    reload.current = revalidate;
  });
  useEffect(() => {
    if (state.phase === "idle" || state.phase === "active") return;
    rememberPending(null);
    void loadFollower().then(({ showOutcome }) => showOutcome(state, () => again.current()));
    // Otherwise the portal has just said that it cannot answer, or would lead to the sign-in page.
    const isAnswering = state.phase === "completed" || ROW_ENDS.includes(state.reason);
    if (isAnswering) reload.current();
  }, [state]);
}

/** Ways to end that the audit row tells. */
const ROW_ENDS = ["failed", "cancelled", "interrupted", "paused"];

/** Puts the progress in front of the title of the tab. */
function useTitle(prefix: string | undefined): void {
  const { key } = useLocation();
  useEffect(() => {
    if (prefix === undefined) return;
    const shown = `${prefix} · `;
    document.title = shown + document.title;
    return () => {
      if (document.title.startsWith(shown)) document.title = document.title.slice(shown.length);
    };
  }, [prefix, key]);
}
