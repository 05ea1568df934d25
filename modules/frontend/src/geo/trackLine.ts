import type { Feature, FeatureCollection, LineString, Point } from "geojson";
import { continuous } from "./antimeridian";

const POINTS_OF_A_PIECE = 1000;

/** The way through the points, in pieces that hang together: the GPU takes at most 65,535 vertices of one line. */
export function trackLine(track: FeatureCollection<Point>): FeatureCollection<LineString> {
  const way = continuous(track.features.map(({ geometry }) => geometry.coordinates));
  const pieces = Math.ceil((way.length - 1) / POINTS_OF_A_PIECE);
  return {
    type: "FeatureCollection",
    features: Array.from({ length: Math.max(0, pieces) }, (_, index): Feature<LineString> => {
      const first = index * POINTS_OF_A_PIECE;
      const coordinates = way.slice(first, first + POINTS_OF_A_PIECE + 1);
      return { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates } };
    }),
  };
}
