/** When a session ends, by the clock of the portal. All in ms since the epoch. */
export interface SessionEnds {
  /** When this was true. */
  now: number;
  /** Without further use. */
  idleEnds: number;
  /** However much it is used. */
  ends: number;
}

/** So long before its end a page says that the session is about to end. */
export const NOTICE_MS = 5 * 60 * 1000; // 5 minutes

/** The last use makes the two ends meet, give or take the time that a request needs. */
const SAME_MS = 60 * 1000; // 1 minute

/** How long a session lasts without further use, in ms; never less than 0. */
export function remainingMs({ now, idleEnds, ends }: SessionEnds): number {
  return Math.max(0, Math.min(idleEnds, ends) - now);
}

/** Whether using the session would make it last noticeably longer. */
export function canBeExtended({ idleEnds, ends }: SessionEnds): boolean {
  return ends - idleEnds > SAME_MS;
}
