import type { Feature, FeatureCollection, Point } from "geojson";
import { nearTo } from "./antimeridian";
import type { Box } from "./bounds";

export type Track = FeatureCollection<Point, { creation_time: string }>;

/** A part of a track: when it begins and ends, both included. */
export interface Stretch {
  start: string;
  end: string;
}

/** Stretches begin and end at every so many points, so that a small movement of the map asks for nothing new. */
const GRAIN = 100;
const MOST_STRETCHES = 4;

/**
 * The stretches of a simplified track that lie in a box. None where most of it does: then there is little to be gained by
 * asking for them anew.
 */
export function stretchesIn({ features }: Track, box: Box): Stretch[] {
  const last = features.length - 1;
  const runs: { first: number; last: number }[] = [];
  features.forEach(({ geometry }, index) => {
    if (!isIn(box, geometry)) return;
    // With the ways that lead into the box and out of it.
    const first = Math.max(0, Math.floor((index - 1) / GRAIN) * GRAIN);
    const end = Math.min(last, Math.ceil((index + 1) / GRAIN) * GRAIN);
    const run = runs.at(-1);
    if (run && first <= run.last) run.last = end;
    else runs.push({ first, last: end });
  });
  while (runs.length > MOST_STRETCHES) joinNearest(runs);
  const points = runs.reduce((sum, run) => sum + run.last - run.first, 0);
  if (points > last / 2) return [];
  return runs.map((run) => ({ start: timeOf(features[run.first]), end: timeOf(features[run.last]) }));
}

/** The track with finer stretches in the place of those that it has, in the order of time. */
export function refine(track: Track, stretches: readonly Track[]): Track {
  let rest = track.features;
  const refined: Track["features"] = [];
  for (const { features } of stretches) {
    const [start, end] = [instantOf(features.at(0)), instantOf(features.at(-1))];
    refined.push(...rest.filter((point) => instantOf(point) < start), ...features);
    rest = rest.filter((point) => instantOf(point) > end);
  }
  return { ...track, features: [...refined, ...rest] };
}

function joinNearest(runs: { first: number; last: number }[]): void {
  let [at, least] = [1, Infinity];
  for (let index = 1; index < runs.length; index += 1) {
    const between = (runs[index]?.first ?? 0) - (runs[index - 1]?.last ?? 0);
    if (between < least) [at, least] = [index, between];
  }
  const [joined] = runs.splice(at, 1);
  const before = runs[at - 1];
  if (joined && before) before.last = joined.last;
}

function isIn([west, south, east, north]: Box, { coordinates: [longitude = 0, latitude = 0] }: Point): boolean {
  const near = nearTo((west + east) / 2, longitude);
  return west <= near && near <= east && south <= latitude && latitude <= north;
}

function timeOf(point: Track["features"][number] | undefined): string {
  return point?.properties.creation_time ?? "";
}

function instantOf(point: Feature<Point, { creation_time: string }> | undefined): number {
  return Date.parse(timeOf(point));
}
