import type { FeatureCollection, Point } from "geojson";
import type { Meeting } from "../api/meetings";
import { atLeast, boxAround, type Box } from "../geo/bounds";
import type { Evidence, Occasion } from "../geo/evidence";
import { linesOf } from "../geo/passage";

const NEAREST_VIEW_M = 12;
const OVERVIEW_M = 30;

/** The way, and the places of the meetings. */
export function overviewBox(track: FeatureCollection<Point> | undefined, meetings: readonly Pick<Meeting, "place">[]): Box | null {
  const box = boxAround([
    ...(track?.features.map(({ geometry }) => geometry.coordinates) ?? []),
    ...meetings.map(({ place }) => [place.longitude, place.latitude]),
  ]);
  return box && atLeast(box, OVERVIEW_M);
}

export function venueBox(plan: FeatureCollection): Box | null {
  const rings = plan.features.flatMap(({ geometry }) => (geometry.type === "Polygon" ? geometry.coordinates.flat() : []));
  return boxAround(rings);
}

/** All that happened while the meeting lasted, or its place where the tracks are missing. */
export function occasionBox({ started_at, ended_at, place }: Occasion, evidence: Evidence | null): Box | null {
  const [start, end] = [Date.parse(started_at), Date.parse(ended_at)];
  const witnesses = evidence?.witnesses ?? [];
  const during = witnesses
    .flatMap(({ fixes }) => fixes)
    .filter(({ creation_time }) => Date.parse(creation_time) >= start && Date.parse(creation_time) <= end);
  const ways = during.length === 0 ? witnesses.flatMap(({ passage }) => linesOf(passage, start, end).flat()) : [];
  const where = evidence?.closest?.where;
  const places = [place, ...during].map(({ longitude, latitude }) => [longitude, latitude]);
  const box = boxAround([...places, ...ways, ...(where ? [where.own, where.other] : [])]);
  return box && atLeast(box, NEAREST_VIEW_M);
}
