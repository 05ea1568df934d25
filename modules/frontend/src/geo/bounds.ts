import type { Position } from "geojson";

/** west, south, east, north in degrees; east may go beyond 180 where the box crosses the antimeridian. */
export type Box = [number, number, number, number];

const METRES_PER_DEGREE = 111_320;

/** The smallest box around all positions, or null where there are none. */
export function boxAround(positions: Iterable<Position>): Box | null {
  const latitudes: number[] = [];
  const longitudes: number[] = [];
  for (const [longitude = 0, latitude = 0] of positions) {
    longitudes.push(longitude);
    latitudes.push(latitude);
  }
  if (longitudes.length === 0) return null;
  const plain = extent(longitudes);
  const across = extent(longitudes.map((longitude) => (longitude + 360) % 360));
  const [west, east] = plain[1] - plain[0] <= across[1] - across[0] ? plain : across;
  const [south, north] = extent(latitudes);
  return [west, south, east, north];
}

/** The box grown, where needed, to at least `metres` on both sides of its middle. */
export function atLeast([west, south, east, north]: Box, metres: number): Box {
  const [longitude, latitude] = [(west + east) / 2, (south + north) / 2];
  const dLatitude = Math.max((north - south) / 2, metres / METRES_PER_DEGREE);
  const narrowing = Math.max(Math.cos((latitude * Math.PI) / 180), 0.01);
  const dLongitude = Math.max((east - west) / 2, metres / METRES_PER_DEGREE / narrowing);
  return [longitude - dLongitude, latitude - dLatitude, longitude + dLongitude, latitude + dLatitude];
}

function extent(values: readonly number[]): [number, number] {
  // Not Math.min(...values): a track may have more points than a call may have arguments.
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}
