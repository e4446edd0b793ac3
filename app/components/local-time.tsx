import { useSyncExternalStore } from "react";
import { formatLocal, formatUtc } from "~/lib/format";

interface LocalTimeProps {
  moment: string | number;
  /** In UTC it always is. */
  isToTheSecond?: boolean;
}

/**
 * A moment in the reader's own language and time zone. The server knows neither, so what it renders,
 * and what is there without JavaScript, is UTC. `moment` is an ISO date-time, or ms since the epoch.
 */
export function LocalTime({ moment, isToTheSecond }: LocalTimeProps) {
  const isLocal = useSyncExternalStore(neverChanges, inBrowser, onServer);
  return (
    // Node and browsers carry different versions of the locale data ("Sep", "Sept").
    <time
      dateTime={new Date(moment).toISOString()}
      title={isLocal ? formatUtc(moment) : undefined}
      suppressHydrationWarning
    >
      {isLocal ? formatLocal(moment, isToTheSecond) : formatUtc(moment)}
    </time>
  );
}

const neverChanges = () => () => undefined;
const inBrowser = () => true;
const onServer = () => false;
