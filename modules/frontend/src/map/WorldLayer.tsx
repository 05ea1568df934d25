import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import atlasUrl from "world-atlas/countries-50m.json?url";
import { fetchOrThrow } from "../api/fetchOrThrow";
import { unwrap } from "../geo/antimeridian";
import { useColours } from "./colours";
import { useMap } from "./MapContext";
import { NOTHING, useLayers, type Layer } from "./useLayers";

const GONE = 10; // the zoom from which on nothing of it is to be seen

/**
 * Land and borders (Natural Earth, 1:50 million). They fade before one comes so near that they would be wrong, and are not
 * loaded before one is far enough away. `isSettled`: the map is where it was to be brought to.
 */
export function WorldLayer({ isSettled }: { isSettled: boolean }) {
  const { land, border } = useColours();
  const isFarAway = useIsFarAway(isSettled);
  const { data } = useQuery({
    enabled: isFarAway,
    queryKey: ["world"],
    queryFn: async ({ signal }) => {
      const atlas = (await (await fetchOrThrow(atlasUrl, { signal })).json()) as Topology<{
        countries: GeometryCollection;
      }>;
      return unwrap(feature(atlas, atlas.objects.countries));
    },
    staleTime: Infinity,
  });
  const layers = useMemo<Layer[]>(
    () => [
      {
        id: "land",
        type: "fill",
        paint: { "fill-color": land, "fill-opacity": ["interpolate", ["linear"], ["zoom"], 7, 1, GONE, 0] },
      },
      {
        id: "borders",
        type: "line",
        paint: {
          "line-color": border,
          "line-width": 0.8,
          "line-opacity": ["interpolate", ["linear"], ["zoom"], 7, 1, GONE, 0],
        },
      },
    ],
    [land, border],
  );
  useLayers("world", data ?? NOTHING, layers, { maxzoom: 10 });
  return null;
}

function useIsFarAway(isSettled: boolean): boolean {
  const map = useMap();
  const [isFarAway, setIsFarAway] = useState(false);
  useEffect(() => {
    if (!isSettled) return;
    const look = () => setIsFarAway(map.getZoom() < GONE);
    map.on("idle", look);
    map.triggerRepaint(); // it may be idle already
    return () => void map.off("idle", look);
  }, [map, isSettled]);
  return isFarAway;
}
