import { useMemo, useSyncExternalStore } from "react";
import { formatView, parseView, type View } from "./view";

/** A step can be gone back to; a refinement, such as one more letter typed, takes the place of what was there. */
export type Kind = "step" | "refinement";

const listeners = new Set<() => void>();

/** The view in the address bar. */
export function useView(): View {
  const search = useSyncExternalStore(subscribe, () => window.location.search);
  return useMemo(() => parseView(search), [search]);
}

/** Shows another view by changing the address. Without changes: the page as it is opened first. */
export function show(view: View, kind: Kind = "step"): void {
  const address = formatView(view);
  if (address === window.location.search) return;
  const url = window.location.pathname + address;
  try {
    if (kind === "step") window.history.pushState(null, "", url);
    else window.history.replaceState(null, "", url);
  } catch {
    window.location.assign(url); // some browsers allow only so many steps in half a minute
    return;
  }
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("popstate", listener);
  };
}
