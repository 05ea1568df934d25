import type { Map as MapLibreMap } from "maplibre-gl";
import { createContext, use } from "react";

export const MapContext = createContext<MapLibreMap | null>(null);

/** The map that this layer is on. */
export function useMap(): MapLibreMap {
  const map = use(MapContext);
  if (!map) throw new Error("a layer stands outside of a MapCanvas");
  return map;
}
