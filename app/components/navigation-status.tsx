import { useEffect, useRef, useState } from "react";
import { useLocation, useNavigation } from "@remix-run/react";
import { paths } from "~/lib/paths";

/** A page that is there at once needs no word about it. */
const SLOW_MS = 300;

/**
 * Says that the next page is on its way, and tells screen readers which page came: browsers do both
 * by themselves, but not for pages that a script puts in place. The export page is not sent before
 * its tables are counted, see docs/decisions/030-pages-wait-for-their-data.md.
 */
export function NavigationStatus() {
  const { state, location: next } = useNavigation();
  const { pathname, key } = useLocation();
  const [isSlow, setIsSlow] = useState(false);
  const [arrived, setArrived] = useState("");
  const lastPathname = useRef(pathname);
  const lastKey = useRef(key);
  const isBusy = state !== "idle";

  useEffect(() => {
    if (!isBusy) return;
    const timer = setTimeout(() => setIsSlow(true), SLOW_MS);
    return () => {
      clearTimeout(timer);
      setIsSlow(false);
    };
  }, [isBusy]);

  useEffect(() => {
    if (lastPathname.current === pathname) return;
    lastPathname.current = pathname;
    setArrived(document.title);
    // What had the focus is gone; the next Tab goes on from the new page's start.
    focusContent();
  }, [pathname]);

  useEffect(() => {
    if (lastKey.current === key) return;
    lastKey.current = key;
    // Of the same page, a link that led to where it is not needed: “Show all”, the last “Older”.
    if (document.activeElement === document.body) focusContent();
  }, [key]);

  const message = next?.pathname === paths.export ? "Counting the tables…" : "Loading…";
  return (
    <div role="status">
      {isSlow ? (
        <div className="fixed inset-x-0 top-0 z-10 text-center text-sm">
          <div className="h-1 overflow-hidden bg-sunken">
            <div className="h-full w-1/3 animate-indeterminate bg-accent" />
          </div>
          <p className="mx-auto mt-3 w-fit rounded-full border border-line bg-surface px-4 py-1.5 shadow-raised">
            {message}
          </p>
        </div>
      ) : (
        <p className="sr-only">{arrived}</p>
      )}
    </div>
  );
}

function focusContent(): void {
  document.getElementById("content")?.focus({ preventScroll: true });
}
