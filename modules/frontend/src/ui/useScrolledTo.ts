import { useEffect, useRef, type RefObject } from "react";

/** Brings what is chosen into view: it may have been chosen on the map, or by the link. */
export function useScrolledTo<Shown extends Element>(isChosen: boolean): RefObject<Shown | null> {
  const shown = useRef<Shown>(null);
  const isNew = useRef(true);
  useEffect(() => {
    if (isChosen) shown.current?.scrollIntoView({ block: isNew.current ? "center" : "nearest" });
    isNew.current = false;
  }, [isChosen]);
  return shown;
}
