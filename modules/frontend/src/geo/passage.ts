import type { Position } from "geojson";
import type { Fix, WayPiece } from "../api/tracks";
import { continuous } from "./antimeridian";

/** A way as numbers, in the order of time (ms), for looking up where somebody was at any moment. */
export interface Passage {
  times: readonly number[];
  positions: readonly Position[];
  /** Whether nobody knows how they came from the position before to this one. */
  isBroken: readonly boolean[];
  /** The standard error of each position on one axis, in metres; none where fixes are taken as they are. */
  errors: readonly number[] | null;
}

/**
 * Straight from fix to fix. `longitude`: the meridian that the positions are to be near to, whatever side of the antimeridian
 * they are on. Between two fixes further apart than `longestStep`, in ms, nobody knows the way.
 */
export function passageOf(fixes: readonly Fix[], longitude: number, longestStep: number): Passage {
  const times = fixes.map(({ creation_time }) => Date.parse(creation_time));
  return {
    times,
    positions: continuous(fixes.map((fix) => [fix.longitude, fix.latitude]), longitude),
    isBroken: times.map((time, index) => time - (times[index - 1] ?? -Infinity) > longestStep),
    errors: null,
  };
}

/** The estimated way: each piece with its start, middle and end. Where one does not go on from the one before, nobody knows. */
export function estimatedPassage(pieces: readonly WayPiece[], longitude: number): Passage {
  const times: number[] = [];
  const positions: Position[] = [];
  const isBroken: boolean[] = [];
  const errors: number[] = [];
  const add = (time: number, position: Position, error: number, broken: boolean) => {
    times.push(time);
    positions.push(position);
    errors.push(error);
    isBroken.push(broken);
  };
  let last: WayPiece | undefined;
  for (const piece of pieces) {
    const [start, end] = [Date.parse(piece.started_at), Date.parse(piece.ended_at)];
    const [from, to] = continuous([piece.start, piece.end].map((place) => [place.longitude, place.latitude]), longitude);
    if (!from || !to) continue;
    const goesOn =
      last?.ended_at === piece.started_at &&
      last.end.longitude === piece.start.longitude &&
      last.end.latitude === piece.start.latitude;
    if (!goesOn) add(start, from, piece.start.sd_m, true);
    if (end > start) {
      add((start + end) / 2, between(from, to, 0.5), piece.middle_sd_m, false);
      add(end, to, piece.end.sd_m, false);
    }
    last = piece;
  }
  return { times, positions, isBroken, errors };
}

/** Where they were: at a fix, or evenly on the way from one to the next. Null where that is not known. */
export function positionAt(passage: Passage, time: number): Position | null {
  const step = stepAt(passage, time);
  const [last, next] = [passage.positions[step?.from ?? -1], passage.positions[step?.to ?? -1]];
  return step && last && next ? between(last, next, step.part) : null;
}

/** The standard error of where they were, in metres on one axis; null where that, or its error, is not known. */
export function errorAt(passage: Passage, time: number): number | null {
  const step = stepAt(passage, time);
  const [last, next] = [passage.errors?.[step?.from ?? -1], passage.errors?.[step?.to ?? -1]];
  return step && last !== undefined && next !== undefined ? last + step.part * (next - last) : null;
}

/** Between which two positions they were, and how far on. */
function stepAt({ times, isBroken }: Passage, time: number): { from: number; to: number; part: number } | null {
  const to = firstAtOrAfter(times, time);
  const [start, end] = [times[to - 1], times[to]];
  if (end === undefined) return null;
  if (end === time) return { from: to, to, part: 0 };
  if (start === undefined || isBroken[to]) return null;
  return { from: to - 1, to, part: (time - start) / (end - start) };
}

function between(last: Position, next: Position, part: number): Position {
  return [0, 1].map((axis) => (last[axis] ?? 0) + part * ((next[axis] ?? 0) - (last[axis] ?? 0)));
}

/** The way that led to where they are at `time`, as far back as `from`. */
export function trailOf(passage: Passage, from: number, time: number): Position[] {
  const here = positionAt(passage, time);
  if (!here) return [];
  const trail = [here];
  for (let index = firstAtOrAfter(passage.times, time) - 1; index >= 0; index -= 1) {
    const [moment = 0, position = []] = [passage.times[index], passage.positions[index]];
    if (passage.isBroken[index + 1]) break;
    if (moment < from) {
      trail.push(positionAt(passage, from) ?? position);
      break;
    }
    trail.push(position);
  }
  return trail.reverse();
}

/** The parts of the way that hang together, from `start` to `end` (ms). */
export function linesOf({ times, positions, isBroken }: Passage, start = -Infinity, end = Infinity): Position[][] {
  const lines: Position[][] = [];
  let isNew = true;
  positions.forEach((position, index) => {
    const time = times[index] ?? 0;
    const isWithin = start <= time && time <= end;
    if (isWithin && (isNew || isBroken[index])) lines.push([position]);
    else if (isWithin) lines.at(-1)?.push(position);
    isNew = !isWithin;
  });
  return lines.filter((line) => line.length > 1);
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
