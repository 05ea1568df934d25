import type { FeatureCollection } from "geojson";
import { useEffect, useMemo, useState, type RefObject } from "react";
import { graticule } from "../geo/graticule";
import { useColours } from "./colours";
import { useMap } from "./MapContext";
import { MAP_FONT, NOTHING, useLayers, type Layer } from "./useLayers";

/** Meridians and parallels with their degrees, from the whole world down to a room. */
export function GraticuleLayer({ cover }: { cover: RefObject<HTMLElement | null> }) {
  const map = useMap();
  const { grid, label, sea } = useColours();
  const [data, setData] = useState<FeatureCollection>(NOTHING);

  useEffect(() => {
    const redraw = () => setData(drawnFor(map, cover.current));
    redraw();
    map.on("moveend", redraw);
    map.on("resize", redraw);
    return () => {
      map.off("moveend", redraw);
      map.off("resize", redraw);
    };
  }, [map, cover]);

  const layers = useMemo<Layer[]>(() => {
    const text = { "text-field": ["get", "text"] as never, "text-font": MAP_FONT, "text-size": 11 };
    const paint = { "text-color": label, "text-halo-color": sea, "text-halo-width": 1.5 };
    return [
      { id: "graticule", type: "line", paint: { "line-color": grid, "line-width": 1 } },
      {
        id: "meridian-labels",
        type: "symbol",
        filter: ["==", ["get", "axis"], "longitude"],
        layout: { ...text, "text-anchor": "top-left", "text-offset": [0.3, 0.7] },
        paint,
      },
      {
        id: "parallel-labels",
        type: "symbol",
        filter: ["==", ["get", "axis"], "latitude"],
        layout: { ...text, "text-anchor": "bottom-left", "text-offset": [0.8, -0.2] },
        paint,
      },
    ];
  }, [grid, label, sea]);
  useLayers("graticule", data, layers, { maxzoom: 22, tolerance: 0 });
  return null;
}

function drawnFor(map: ReturnType<typeof useMap>, cover: HTMLElement | null): FeatureCollection {
  const bounds = map.getBounds();
  const { lines, labels } = graticule([bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()]);
  // What stands at the left edge is not to look out from under the legend.
  const top = map.getContainer().getBoundingClientRect().top;
  const limit = cover ? cover.getBoundingClientRect().top - top : Infinity;
  const seen = labels.filter(
    ({ properties: { axis }, geometry: { coordinates } }) =>
      axis === "longitude" || map.project(coordinates as [number, number]).y < limit,
  );
  return { type: "FeatureCollection", features: [...lines, ...seen] };
}
