import type { FeatureCollection, Position } from "geojson";

/** The name of the smallest area of a floor plan that the place is in, as a booth in a hall; null outside of all. */
export function roomAt(plan: FeatureCollection, [longitude = 0, latitude = 0]: Position): string | null {
  let found: { name: string; size: number } | null = null;
  for (const { geometry, properties } of plan.features) {
    const ring = geometry.type === "Polygon" ? geometry.coordinates[0] : undefined;
    const name: unknown = properties?.name;
    if (!ring || typeof name !== "string" || !isInside(ring, longitude, latitude)) continue;
    const size = areaOf(ring);
    if (!found || size < found.size) found = { name, size };
  }
  return found?.name ?? null;
}

/** Whether a ray to the east crosses the ring an odd number of times. */
function isInside(ring: readonly Position[], x: number, y: number): boolean {
  let inside = false;
  ring.forEach(([x1 = 0, y1 = 0], index) => {
    const [x2 = 0, y2 = 0] = ring[(index + 1) % ring.length] ?? [];
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
  });
  return inside;
}

/** In square degrees: for comparing what is side by side. */
function areaOf(ring: readonly Position[]): number {
  return Math.abs(
    ring.reduce((sum, [x1 = 0, y1 = 0], index) => {
      const [x2 = 0, y2 = 0] = ring[(index + 1) % ring.length] ?? [];
      return sum + (x1 * y2 - x2 * y1) / 2;
    }, 0),
  );
}
