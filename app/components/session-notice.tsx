import { useCallback, useEffect, useState } from "react";
import { useLocation } from "@remix-run/react";
import { Clock } from "lucide-react";
import { buttonClasses } from "~/components/button";
import { useFormToken } from "~/components/csrf-field";
import { askSession, staySignedIn, type SessionState } from "~/components/session-client";
import { paths } from "~/lib/paths";
import { NOTICE_MS } from "~/lib/session-ends";

/** Another tab may have used the session, or ended it: while the notice is shown, it is asked about. */
const ASK_AGAIN_MS = 30_000;

/** Tells the other tabs that the session was used. */
const CHANNEL = "supportsignal-session";

/**
 * Says that the session is about to end, or has ended. It follows what the portal says, not its own
 * clock alone, so that tabs agree. The default export, because it is loaded when it is needed.
 */
export default function SessionNotice() {
  const [state, setState] = useState<SessionState | null>(null);
  const [hiddenEnd, setHiddenEnd] = useState<number | null>(null);
  const token = useFormToken();

  const ask = useCallback((signal: AbortSignal) => {
    void askSession(signal).then((answer) => {
      if (signal.aborted) return;
      // What was known stays shown while the portal cannot be reached, until its time is over. It
      // is a new state nevertheless, after which the portal is asked again.
      setState((known) =>
        answer.kind === "unreachable" && isAlive(known) ? { ...known } : answer,
      );
    });
  }, []);

  useEffect(() => {
    const controller = new AbortController();
    const askNow = () => ask(controller.signal);
    const onVisible = () => document.visibilityState === "visible" && askNow();
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = askNow;
    document.addEventListener("visibilitychange", onVisible);
    askNow();
    return () => {
      controller.abort();
      channel.close();
      document.removeEventListener("visibilitychange", onVisible);
    };
  }, [ask]);

  useEffect(() => {
    if (state === null || state.kind === "ended") return;
    const controller = new AbortController();
    const timer = setTimeout(() => ask(controller.signal), nextAskMs(state));
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [state, ask]);

  async function stay() {
    setState(await staySignedIn(token));
    const channel = new BroadcastChannel(CHANNEL);
    channel.postMessage("used");
    channel.close();
  }

  const isShown =
    state !== null &&
    (state.kind !== "alive" || (isNear(state.endsAt) && state.endsAt !== hiddenEnd));
  return (
    // In the page before its content, so that screen readers hear what comes into it.
    <div role="status" className="fixed inset-x-4 bottom-4 z-20 sm:right-auto sm:max-w-sm">
      {isShown && (
        <Notice
          state={state}
          onStay={() => void stay()}
          onHide={() => state.kind === "alive" && setHiddenEnd(state.endsAt)}
        />
      )}
    </div>
  );
}

function isAlive(state: SessionState | null): state is SessionState & { kind: "alive" } {
  return state?.kind === "alive" && state.endsAt > Date.now();
}

function isNear(endsAt: number): boolean {
  return endsAt - Date.now() <= NOTICE_MS;
}

/** When to ask again: as the notice becomes due, and then every now and again until the end. */
function nextAskMs(state: SessionState): number {
  if (state.kind !== "alive") return ASK_AGAIN_MS;
  const remaining = state.endsAt - Date.now();
  if (remaining > NOTICE_MS) return remaining - NOTICE_MS;
  return Math.min(ASK_AGAIN_MS, Math.max(1_000, remaining));
}

interface NoticeProps {
  state: SessionState;
  onStay: () => void;
  onHide: () => void;
}

function Notice({ state, onStay, onHide }: NoticeProps) {
  const { pathname, search } = useLocation();
  const { title, detail } = describe(state);
  return (
    <section
      aria-label="Session"
      className="flex gap-3 rounded-xl border border-warning-line bg-warning-soft p-4 text-sm shadow-raised"
    >
      <Clock aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-warning" />
      <div>
        <p className="font-semibold">{title}</p>
        <p className="mt-1 leading-relaxed">{detail}</p>
        <div className="mt-3 flex flex-wrap gap-2">
          {state.kind === "ended" && (
            <a
              href={`${paths.login}?redirectTo=${encodeURIComponent(pathname + search)}`}
              className={buttonClasses("primary", "small")}
            >
              Sign in
            </a>
          )}
          {state.kind === "alive" && state.canBeExtended && (
            <button type="button" onClick={onStay} className={buttonClasses("primary", "small")}>
              Stay signed in
            </button>
          )}
          {state.kind === "alive" && (
            <button type="button" onClick={onHide} className={buttonClasses("secondary", "small")}>
              Hide
            </button>
          )}
        </div>
      </div>
    </section>
  );
}

function describe(state: SessionState): { title: string; detail: string } {
  switch (state.kind) {
    case "alive": {
      const time = new Intl.DateTimeFormat(undefined, { timeStyle: "short" }).format(state.endsAt);
      const detail = state.canBeExtended
        ? `It was not used for a while, and ends at ${time}.`
        : `A session lasts 12 hours, and yours ends at ${time}. Finish what you are doing, and sign in again.`;
      return { title: "Your session is about to end", detail };
    }
    case "ended":
      return { title: "Your session has ended", detail: "Sign in to go on with this page." };
    case "unreachable":
      return {
        title: "The portal cannot be reached",
        detail: "Your session may have ended. Check your connection; the portal is asked again.",
      };
  }
}
