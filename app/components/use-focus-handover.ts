import { useCallback, useRef } from "react";

/**
 * Gives the focus to another element where the one that has it goes away: otherwise it would be
 * nowhere, and a screen reader at the start of the page.
 * @param heirId Of an element that can have the focus.
 * @returns The ref of what may go away. React calls it while that is still in the page.
 */
export function useFocusHandover(heirId: string) {
  const leaving = useRef<HTMLElement | null>(null);
  return useCallback(
    (element: HTMLElement | null) => {
      const before = leaving.current;
      leaving.current = element;
      if (element !== null || before?.contains(document.activeElement) !== true) return;
      document.getElementById(heirId)?.focus({ preventScroll: true });
    },
    [heirId],
  );
}
