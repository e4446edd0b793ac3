import { paths } from "~/lib/paths";
import { canBeExtended, remainingMs, type SessionEnds } from "~/lib/session-ends";

/** What is known of the session; `endsAt` by this browser's clock, in ms since the epoch. */
export type SessionState =
  | { kind: "alive"; endsAt: number; canBeExtended: boolean }
  | { kind: "ended" }
  | { kind: "unreachable" };

/** Asks the portal when the session ends, which is no use of it. Never rejects. */
export function askSession(signal: AbortSignal): Promise<SessionState> {
  return send({ signal });
}

/** Uses the session. @param token The hidden field of the portal's forms. */
export function staySignedIn(
  token: { name: string; value: string } | undefined,
): Promise<SessionState> {
  const body = new URLSearchParams(token === undefined ? {} : { [token.name]: token.value });
  return send({ method: "POST", body });
}

async function send(init: RequestInit): Promise<SessionState> {
  try {
    const response = await fetch(paths.session, {
      ...init,
      headers: { Accept: "application/json" },
      cache: "no-store",
    });
    // 403: another account, or another role by now. Neither can go on with this page.
    if (response.status === 401 || response.status === 403) return { kind: "ended" };
    if (!response.ok) return { kind: "unreachable" };
    const ends = (await response.json()) as SessionEnds;
    // Counted from now: the clocks of portal and browser may differ.
    const endsAt = Date.now() + remainingMs(ends);
    return { kind: "alive", endsAt, canBeExtended: canBeExtended(ends) };
  } catch {
    return { kind: "unreachable" };
  }
}
