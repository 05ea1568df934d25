import { useQuery } from "@tanstack/react-query";
import type { Feature, FeatureCollection } from "geojson";
import { useMemo } from "react";
import { venueQuery } from "../api/config";
import { boxAround } from "../geo/bounds";
import { useColours } from "./colours";
import { MAP_FONT, NOTHING, useLayers, type Layer } from "./useLayers";

const APPEARS = 15;
const NAMES_APPEAR = 18;
const SMALL_NAMES_APPEAR = 20;

/** The floor plan of the place where people meet: rooms, booths, corridors. */
export function VenueLayer() {
  const { floor, corridor, wall } = useColours();
  const { data } = useQuery(venueQuery);
  const layers = useMemo<Layer[]>(() => {
    const appearing = ["interpolate", ["linear"], ["zoom"], APPEARS, 0, APPEARS + 1.5, 1] as never;
    return [
      {
        id: "venue-floor",
        type: "fill",
        paint: {
          "fill-color": ["match", ["get", "kind"], "corridor", corridor, floor],
          "fill-opacity": appearing,
        },
      },
      {
        id: "venue-walls",
        type: "line",
        filter: ["!=", ["get", "kind"], "corridor"],
        layout: { "line-join": "round" },
        paint: {
          "line-color": wall,
          "line-width": ["interpolate", ["linear"], ["zoom"], 17, 0.75, 21, 2],
          "line-opacity": appearing,
        },
      },
    ];
  }, [floor, corridor, wall]);
  useLayers("venue", data ?? NOTHING, layers, { maxzoom: 22, tolerance: 0 });
  return null;
}

/** What the rooms and booths are called, for those who look from near. */
export function VenueNamesLayer() {
  const { label, floor } = useColours();
  const { data } = useQuery(venueQuery);
  const names = useMemo(() => (data ? namesOf(data) : NOTHING), [data]);
  const layers = useMemo<Layer[]>(() => {
    const text = {
      type: "symbol",
      layout: {
        "text-field": ["get", "name"] as never,
        "text-font": MAP_FONT,
        "text-size": ["interpolate", ["linear"], ["zoom"], 18, 11, 21, 14] as never,
        "text-max-width": 6,
      },
      paint: { "text-color": label, "text-halo-color": floor, "text-halo-width": 1.5 },
    } as const;
    return [
      { id: "venue-names", filter: ["!=", ["get", "kind"], "booth"], minzoom: NAMES_APPEAR, ...text },
      { id: "venue-booth-names", filter: ["==", ["get", "kind"], "booth"], minzoom: SMALL_NAMES_APPEAR, ...text },
    ];
  }, [label, floor]);
  useLayers("venue-names", names, layers, { maxzoom: 22 });
  return null;
}

/** A point in the middle of every area: a polygon itself would be named once in each of the map's tiles. */
function namesOf(plan: FeatureCollection): FeatureCollection {
  const features = plan.features.flatMap(({ geometry, properties }): Feature[] => {
    const box = geometry.type === "Polygon" ? boxAround(geometry.coordinates.flat()) : null;
    if (!box) return [];
    const coordinates = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
    return [{ type: "Feature", properties: properties, geometry: { type: "Point", coordinates } }];
  });
  return { ...plan, features };
}
