import { useSyncExternalStore } from "react";

export function useMediaQuery(text: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const query = window.matchMedia(text);
      query.addEventListener("change", listener);
      return () => query.removeEventListener("change", listener);
    },
    () => window.matchMedia(text).matches,
  );
}
