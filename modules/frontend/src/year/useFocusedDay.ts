import { useRef, useState, type FocusEvent, type KeyboardEvent } from "react";
import type { Day } from "../time/zone";
import { dayAfterKey } from "./days";

/** Which day of the calendar the keyboard is at: first the chosen one, or the first of the year. */
export function useFocusedDay(year: number, chosen: Day | null) {
  const grid = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<Day | null>(null);
  const start = String(year).padStart(4, "0");
  const focused = [at, chosen].find((day) => day?.startsWith(`${start}-`)) ?? `${start}-01-01`;
  return {
    focused,
    grid,
    onFocus: ({ target }: FocusEvent<HTMLElement>) => {
      if (target.dataset.day) setAt(target.dataset.day);
    },
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const next = dayAfterKey(focused, event.key);
      if (next === null) return;
      event.preventDefault();
      grid.current?.querySelector<HTMLElement>(`[data-day="${next}"]`)?.focus();
    },
  };
}
