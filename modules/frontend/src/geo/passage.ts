import type { Position } from "geojson";
import type { Fix } from "../api/tracks";
import { continuous } from "./antimeridian";

/** A track as numbers, in the order of time (ms), for looking up where somebody was at any moment. */
export interface Passage {
  times: readonly number[];
  positions: readonly Position[];
  /** Between two fixes further apart than this, in ms, nobody knows the way. */
  longestStep: number;
}

/** `longitude`: the meridian that the positions are to be near to, whatever side of the antimeridian they are on. */
export function passageOf(fixes: readonly Fix[], longitude: number, longestStep: number): Passage {
  return {
    times: fixes.map(({ creation_time }) => Date.parse(creation_time)),
    positions: continuous(fixes.map((fix) => [fix.longitude, fix.latitude]), longitude),
    longestStep,
  };
}

/** Where they were: at a fix, or evenly on the way from one to the next. Null where that is not known. */
export function positionAt({ times, positions, longestStep }: Passage, time: number): Position | null {
  const after = firstAtOrAfter(times, time);
  const [end, next] = [times[after], positions[after]];
  if (end === undefined || next === undefined) return null;
  if (end === time) return next;
  const [start, last] = [times[after - 1], positions[after - 1]];
  if (start === undefined || last === undefined || end - start > longestStep) return null;
  const part = (time - start) / (end - start);
  return [0, 1].map((axis) => (last[axis] ?? 0) + part * ((next[axis] ?? 0) - (last[axis] ?? 0)));
}

/** The way that led to where they are at `time`, as far back as `from`. */
export function trailOf(passage: Passage, from: number, time: number): Position[] {
  const here = positionAt(passage, time);
  if (!here) return [];
  const trail = [here];
  let next = time;
  for (let index = firstAtOrAfter(passage.times, time) - 1; index >= 0; index -= 1) {
    const [moment = 0, position = []] = [passage.times[index], passage.positions[index]];
    if (next - moment > passage.longestStep) break;
    if (moment < from) {
      trail.push(positionAt(passage, from) ?? position);
      break;
    }
    trail.push(position);
    next = moment;
  }
  return trail.reverse();
}

function firstAtOrAfter(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? Infinity) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
