import { useEffect, useEffectEvent, useRef } from "react";
import type { Box } from "../geo/bounds";
import { useMap } from "./MapContext";

const PADDING = 64;

/** Moves the map to `box` whenever `reason` changes; in between it stays where the viewer moved it. */
export function Camera({ box, reason }: { box: Box | null; reason: string }) {
  const map = useMap();
  const isFirst = useRef(true);
  const move = useEffectEvent(() => {
    if (!box) return;
    const { clientWidth, clientHeight } = map.getContainer();
    const padding = Math.min(PADDING, clientWidth / 6, clientHeight / 6);
    map.fitBounds(box, { padding, maxZoom: 21.5, duration: isFirst.current ? 0 : 1100 });
    isFirst.current = false;
  });
  useEffect(() => move(), [reason]);
  return null;
}
