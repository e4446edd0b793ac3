import { formatUtc } from "~/lib/format";

/** A moment in UTC. `moment` is an ISO date-time, or ms since the epoch. */
export function UtcTime({ moment }: { moment: string | number }) {
  return (
    // Node and browsers carry different versions of the locale data ("Sep", "Sept").
    <time dateTime={new Date(moment).toISOString()} suppressHydrationWarning>
      {formatUtc(moment)}
    </time>
  );
}
