import type { FeatureCollection, GeoJSON } from "geojson";
import type { GeoJSONSource, GeoJSONSourceSpecification, LayerSpecification } from "maplibre-gl";
import { useEffect } from "react";
import { useMap } from "./MapContext";

/** A layer of the one source that useLayers makes for it. */
export type Layer = LayerSpecification extends infer Each
  ? Each extends { source: string }
    ? Omit<Each, "source">
    : never
  : never;

/** There are no glyph files: letters are drawn with the page's own font. */
export const MAP_FONT = ["Geist Variable", "sans-serif"];

export const NOTHING: FeatureCollection = { type: "FeatureCollection", features: [] };

/**
 * Keeps GeoJSON and how it is painted on the map. Layers lie above each other in the order of their components, and live
 * as long as the map: a component that has nothing to show gives NOTHING.
 */
export function useLayers(
  source: string,
  data: GeoJSON,
  layers: readonly Layer[],
  options: Omit<GeoJSONSourceSpecification, "type" | "data"> = {},
): void {
  const map = useMap();
  useEffect(() => {
    const existing = map.getSource<GeoJSONSource>(source);
    if (existing) void existing.setData(data);
    else map.addSource(source, { type: "geojson", data, ...options });
    // The options of a source are fixed when it is made.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [map, source, data]);

  useEffect(() => {
    for (const layer of layers) {
      if (!map.getLayer(layer.id)) map.addLayer({ ...layer, source });
      for (const [name, value] of Object.entries(layer.paint ?? {})) {
        map.setPaintProperty(layer.id, name as Parameters<typeof map.setPaintProperty>[1], value as never);
      }
    }
  }, [map, source, layers]);
}
