import { lazy, Suspense, useEffect, useState } from "react";
import { NOTICE_MS, remainingMs, type SessionEnds } from "~/lib/session-ends";

// Loaded by the few pages that stay open for so long.
const SessionNotice = lazy(() => import("~/components/session-notice"));

/** Says in time that the session is about to end. @param ends As the portal said with this page. */
export function SessionWatch({ ends }: { ends: SessionEnds }) {
  const [isNear, setIsNear] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsNear(true), Math.max(0, remainingMs(ends) - NOTICE_MS));
    return () => clearTimeout(timer);
  }, [ends]);
  if (!isNear) return null;
  return (
    <Suspense fallback={null}>
      <SessionNotice />
    </Suspense>
  );
}
