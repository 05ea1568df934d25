import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import atlasUrl from "world-atlas/countries-50m.json?url";
import { fetchOrThrow } from "../api/fetchOrThrow";
import { unwrap } from "../geo/antimeridian";
import { useColours } from "./colours";
import { NOTHING, useLayers, type Layer } from "./useLayers";

/** Land and borders (Natural Earth, 1:50 million). They fade before one comes so near that they would be wrong. */
export function WorldLayer() {
  const { land, border } = useColours();
  const { data } = useQuery({
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
        paint: { "fill-color": land, "fill-opacity": ["interpolate", ["linear"], ["zoom"], 7, 1, 10, 0] },
      },
      {
        id: "borders",
        type: "line",
        paint: {
          "line-color": border,
          "line-width": 0.8,
          "line-opacity": ["interpolate", ["linear"], ["zoom"], 7, 1, 10, 0],
        },
      },
    ],
    [land, border],
  );
  useLayers("world", data ?? NOTHING, layers, { maxzoom: 10 });
  return null;
}
