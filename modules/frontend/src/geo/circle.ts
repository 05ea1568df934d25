import type { Position } from "geojson";

const METRES_PER_DEGREE = 111_320;
const CORNERS = 48;

/** A ring around a place, near enough for a radius of some hundred metres. */
export function circleAround([longitude = 0, latitude = 0]: Position, metres: number): Position[] {
  const high = metres / METRES_PER_DEGREE;
  const wide = high / Math.max(Math.cos((latitude * Math.PI) / 180), 0.01);
  return Array.from({ length: CORNERS + 1 }, (_, corner) => {
    const angle = (2 * Math.PI * (corner % CORNERS)) / CORNERS;
    return [longitude + wide * Math.cos(angle), latitude + high * Math.sin(angle)];
  });
}
