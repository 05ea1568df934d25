import type { Position } from "geojson";
import { errorAt, positionAt, type Passage } from "./passage";

const EQUATORIAL_RADIUS_M = 6_378_137;
const ECCENTRICITY_SQUARED = 0.006_694_379_990_14;
const RADIANS = Math.PI / 180;

/** How far apart two were at a moment (ms), of more those furthest from each other; null where the place of one is not known. */
export interface Apart {
  time: number;
  metres: number | null;
  /** The standard error of that, where the ways are estimates. */
  error: number | null;
}

/** Metres between two places near each other, by the WGS 84 radii of curvature between them. */
export function metresBetween([west = 0, south = 0]: Position, [east = 0, north = 0]: Position): number {
  const latitude = ((south + north) / 2) * RADIANS;
  const flattening = 1 - ECCENTRICITY_SQUARED * Math.sin(latitude) ** 2;
  const meridian = (EQUATORIAL_RADIUS_M * (1 - ECCENTRICITY_SQUARED)) / flattening ** 1.5;
  const parallel = (EQUATORIAL_RADIUS_M / Math.sqrt(flattening)) * Math.cos(latitude);
  return Math.hypot((north - south) * RADIANS * meridian, (east - west) * RADIANS * parallel);
}

export function metresApart(own: Passage, other: Passage, time: number): number | null {
  const [here, there] = [positionAt(own, time), positionAt(other, time)];
  return here && there ? metresBetween(here, there) : null;
}

/** The standard error of that distance, in metres: both may be wrong, and neither knows of the other. */
export function errorApart(own: Passage, other: Passage, time: number): number | null {
  const [mine, theirs] = [errorAt(own, time), errorAt(other, time)];
  return mine === null || theirs === null ? null : Math.hypot(mine, theirs);
}

/** Of the two who were furthest from each other. */
export function widestApart(passages: readonly Passage[], time: number): Apart {
  let widest: Apart = { time, metres: null, error: null };
  for (const [index, one] of passages.entries()) {
    for (const another of passages.slice(index + 1)) {
      const metres = metresApart(one, another, time);
      if (metres === null) return { time, metres: null, error: null };
      if (metres > (widest.metres ?? -1)) widest = { time, metres, error: errorApart(one, another, time) };
    }
  }
  return widest;
}

/** That at moments spread evenly from `start` to `end`, both included: as many as asked for, not one per fix. */
export function distancesOver(passages: readonly Passage[], start: number, end: number, moments: number): Apart[] {
  return Array.from({ length: moments }, (_, index) => widestApart(passages, start + ((end - start) * index) / (moments - 1)));
}
