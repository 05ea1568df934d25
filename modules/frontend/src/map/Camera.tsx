import { useEffect, useEffectEvent, useRef, type RefObject } from "react";
import type { Box } from "../geo/bounds";
import { useMap } from "./MapContext";

const PADDING = 64;

/** Moves the map to `box` whenever `reason` changes; in between it stays where the viewer moved it. */
export function Camera({ box, reason, cover }: { box: Box | null; reason: string; cover: RefObject<HTMLElement | null> }) {
  const map = useMap();
  const isFirst = useRef(true);
  const move = useEffectEvent(() => {
    if (!box) return;
    map.resize(); // what leads to another view may have changed the room for the map as well
    const { clientWidth, clientHeight } = map.getContainer();
    const margin = Math.min(PADDING, clientWidth / 6, clientHeight / 6);
    const padding = { top: margin, left: margin, right: margin, bottom: margin + coveredHeight(map.getContainer(), cover.current) };
    map.fitBounds(box, { padding, maxZoom: 21.5, duration: isFirst.current ? 0 : 1100 });
    isFirst.current = false;
  });
  useEffect(() => move(), [reason]);
  return null;
}

/** How much of the map's lower part something lies on that is nearly as wide: the box is to be seen above it. */
function coveredHeight(container: HTMLElement, cover: HTMLElement | null): number {
  if (!cover || cover.clientWidth < container.clientWidth / 2) return 0;
  return Math.max(0, container.getBoundingClientRect().bottom - cover.getBoundingClientRect().top);
}
