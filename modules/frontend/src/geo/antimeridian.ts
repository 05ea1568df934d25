import type { FeatureCollection, Geometry, Position } from "geojson";

/** The same meridian, written so that it is within 180° of `reference`: 181 for -179 beside 179. */
export function nearTo(reference: number, longitude: number): number {
  return longitude + Math.round((reference - longitude) / 360) * 360;
}

/** The same way, going on beyond ±180° instead of jumping to the other side of the map. */
export function continuous(positions: readonly Position[], reference = positions[0]?.[0] ?? 0): Position[] {
  let last = reference;
  return positions.map(([longitude = 0, latitude = 0]) => {
    last = nearTo(last, longitude);
    return [last, latitude];
  });
}

/** Makes shapes that cross the antimeridian, or go around a pole, fit for a flat map. */
export function unwrap(shapes: FeatureCollection): FeatureCollection {
  return {
    ...shapes,
    features: shapes.features.map((shape) => ({ ...shape, geometry: unwrapGeometry(shape.geometry) })),
  };
}

function unwrapGeometry(geometry: Geometry): Geometry {
  if (geometry.type === "Polygon") return { ...geometry, coordinates: geometry.coordinates.map(unwrapRing) };
  if (geometry.type === "MultiPolygon") {
    return { ...geometry, coordinates: geometry.coordinates.map((polygon) => polygon.map(unwrapRing)) };
  }
  return geometry;
}

function unwrapRing(ring: Position[]): Position[] {
  const unwrapped = continuous(ring);
  const [west = 0, latitude = 0] = unwrapped[0] ?? [];
  const [east = 0] = unwrapped.at(-1) ?? [];
  if (Math.abs(east - west) < 180) return unwrapped;
  // A ring around a pole does not close on a flat map: it is closed along the map's edge.
  const pole = Math.sign(latitude) * 90;
  return [...unwrapped, [east, pole], [west, pole], [west, latitude]];
}
