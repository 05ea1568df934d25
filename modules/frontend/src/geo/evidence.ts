import type { Position } from "geojson";
import type { Group } from "../api/groups";
import type { Meeting, MeetingSearch } from "../api/meetings";
import type { Fix, TrackSpan, WayPiece } from "../api/tracks";
import { nearTo } from "./antimeridian";
import { distancesOver } from "./apart";
import { estimatedPassage, passageOf, positionAt, type Passage } from "./passage";

const SHORTEST_MARGIN_S = 60;
const LONGEST_MARGIN_S = 15 * 60;
const SHORTEST_LEAD_S = 60;
const METRES_PER_DEGREE = 111_320;
const MOMENTS = 400;

/** A meeting or a group. */
export type Occasion = Pick<Meeting, "started_at" | "ended_at" | "duration_s" | "place">;

/** How far before and after a meeting its evidence reaches: as far as two fixes of it may be apart, within reason. */
function marginSeconds(timeWindow: string): number {
  const seconds = Number(timeWindow);
  return Number.isNaN(seconds)
    ? LONGEST_MARGIN_S // any
    : Math.min(LONGEST_MARGIN_S, Math.max(SHORTEST_MARGIN_S, seconds));
}

/** A track around a meeting: its fixes, and where they put the person at any moment. */
export interface Witness {
  /** That of the person that the page is about, or another's. */
  whose: "own" | "other";
  fixes: readonly Fix[];
  passage: Passage;
}

/** What is known of one person around a meeting; `way` where the meeting is told by estimated ways. */
export interface Testimony {
  fixes: readonly Fix[];
  way: readonly WayPiece[] | null;
}

export type Told = Testimony & Pick<Witness, "whose">;

/** What the tracks tell of a meeting, or of a group. */
export interface Evidence {
  occasion: Occasion;
  witnesses: readonly Witness[];
  /** When all of them were within the fewest metres (time in ms), and where two were then; null where that is not known. */
  closest: { time: number; metres: number; where: ClosestMoment | null } | null;
  /** What is worth watching, in ms: the meeting, and how they came to it and left it. */
  stretch: { start: number; end: number };
}

export function evidenceOf(meeting: Meeting, own: Testimony, other: Testimony, timeWindow: string): Evidence {
  const told = toldBy(meeting, [{ ...own, whose: "own" }, { ...other, whose: "other" }], timeWindow);
  const [mine, theirs] = told.witnesses;
  const where =
    own.way && other.way && mine && theirs
      ? sameMoment(meeting, mine.passage, theirs.passage)
      : closestMoment(meeting, own.fixes, other.fixes, timeWindow);
  return { ...told, closest: { time: Date.parse(meeting.closest_at), metres: meeting.closest_m, where } };
}

export function groupEvidence(group: Group, testimonies: readonly Told[], timeWindow: string): Evidence {
  const told = toldBy(group, testimonies, timeWindow);
  const [start, end] = [Date.parse(group.started_at), Date.parse(group.ended_at)];
  const passages = told.witnesses.map(({ passage }) => passage);
  const closest = least(distancesOver(passages, start, end, MOMENTS), ({ metres }) => metres ?? Infinity);
  return { ...told, closest: closest && { time: closest.time, metres: closest.metres ?? 0, where: null } };
}

function toldBy(occasion: Occasion, testimonies: readonly Told[], timeWindow: string): Omit<Evidence, "closest"> {
  const margin = marginSeconds(timeWindow);
  const lead = Math.round(Math.min(margin, Math.max(SHORTEST_LEAD_S, occasion.duration_s / 2)) * 1000);
  const { longitude } = occasion.place;
  return {
    occasion,
    witnesses: testimonies.map(({ whose, fixes, way }) => ({
      whose,
      fixes,
      passage: way ? estimatedPassage(way, longitude) : passageOf(fixes, longitude, margin * 1000),
    })),
    stretch: { start: Date.parse(occasion.started_at) - lead, end: Date.parse(occasion.ended_at) + lead },
  };
}

/** As they are drawn: that of the person that the page is about over the others. */
export function ownLast(witnesses: readonly Witness[]): Witness[] {
  return [...witnesses.filter(({ whose }) => whose === "other"), ...witnesses.filter(({ whose }) => whose === "own")];
}

/** The stretch of a person's track that shows how the meeting came about. */
export function evidenceSpan(occasion: Occasion, person: number, search: Pick<MeetingSearch, "timeWindow">): TrackSpan {
  const margin = marginSeconds(search.timeWindow) * 1000;
  return {
    person,
    start: new Date(Date.parse(occasion.started_at) - margin).toISOString(),
    end: new Date(Date.parse(occasion.ended_at) + margin).toISOString(),
  };
}

/** Where both were when they were closest. gap_s: how far apart in time. */
export interface ClosestMoment {
  own: Position;
  other: Position;
  gap_s: number;
}

/** By their estimated ways two are closest at one instant. */
function sameMoment(meeting: Meeting, own: Passage, other: Passage): ClosestMoment | null {
  const time = Date.parse(meeting.closest_at);
  const [mine, theirs] = [positionAt(own, time), positionAt(other, time)];
  return mine && theirs ? { own: mine, other: theirs, gap_s: 0 } : null;
}

/**
 * The service names the moment of the other's fix; the own fix that was closest to it may be of another moment, so it is
 * looked for in space, within the time window. Null where a track has no fixes.
 */
export function closestMoment(
  meeting: Meeting,
  own: readonly Fix[],
  other: readonly Fix[],
  timeWindow: string,
): ClosestMoment | null {
  const time = Date.parse(meeting.closest_at);
  const theirs = least(other, (fix) => Math.abs(Date.parse(fix.creation_time) - time));
  if (!theirs) return null;
  const window = timeWindow === "any" ? Infinity : Number(timeWindow) * 1000;
  const inTime = own.filter((fix) => Math.abs(Date.parse(fix.creation_time) - time) <= window);
  const mine = least(inTime.length > 0 ? inTime : own, (fix) => planarMetres(fix, theirs));
  if (!mine) return null;
  const gap_s = Math.abs(Date.parse(mine.creation_time) - Date.parse(theirs.creation_time)) / 1000;
  return { own: placeOf(mine, meeting), other: placeOf(theirs, meeting), gap_s };
}

/** On the same side of the antimeridian as the meeting's place. */
export function placeOf({ longitude, latitude }: Fix, { place }: Occasion): Position {
  return [nearTo(place.longitude, longitude), latitude];
}

/** Near enough for telling which of a few fixes is closest; figures that are shown come from the service. */
function planarMetres(a: Fix, b: Fix): number {
  const dLongitude = ((((a.longitude - b.longitude + 180) % 360) + 360) % 360) - 180;
  const east = dLongitude * Math.cos((b.latitude * Math.PI) / 180);
  return Math.hypot(east, a.latitude - b.latitude) * METRES_PER_DEGREE;
}

function least<Item>(items: readonly Item[], measure: (item: Item) => number): Item | null {
  let best: Item | null = null;
  let smallest = Infinity;
  for (const item of items) {
    const size = measure(item);
    if (size < smallest) [best, smallest] = [item, size];
  }
  return best;
}
