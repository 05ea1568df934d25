import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Track } from "../geo/refine";
import { fetchOrThrow } from "./fetchOrThrow";
import { fetchPage } from "./page";

/** One fix of a track. creation_time is RFC 3339 in UTC. */
export interface Fix {
  person_id: number;
  latitude: number;
  longitude: number;
  creation_time: string;
  accuracy_m: number | null;
}

/** A place with its standard error on one axis, in metres. */
export interface WayEnd {
  latitude: number;
  longitude: number;
  sd_m: number;
}

/** A piece of the estimated way: straight, at a steady speed. Times are RFC 3339 in UTC. */
export interface WayPiece {
  started_at: string;
  ended_at: string;
  start: WayEnd;
  end: WayEnd;
  /** The standard error half way. */
  middle_sd_m: number;
  is_stay: boolean;
}

/** Whose track, and from when to when (RFC 3339 instants, both inclusive). */
export interface TrackSpan {
  person: number;
  start: string;
  end: string;
}

const LINE_POINTS = 10_000;
const EVIDENCE_POINTS = 2_000;

export function locations({ person, start, end }: TrackSpan, maxPoints: number): string {
  const parameters = new URLSearchParams({ start_date: start, end_date: end, max_points: String(maxPoints) });
  return `/api/persons/${person}/locations?${parameters.toString()}`;
}

/** The whole way as GeoJSON points in the order of their time, simplified by the service. */
export function trackLineQuery(span: TrackSpan) {
  return queryOptions({
    queryKey: ["track line", span],
    queryFn: ({ signal }) => fetchLine(span, signal),
    staleTime: 15_000,
    placeholderData: (previous, query) =>
      (query?.queryKey[1] as TrackSpan | undefined)?.person === span.person ? keepPreviousData(previous) : undefined,
  });
}

/** Whether the service may have left out fixes. */
export function isSimplified({ features }: Track): boolean {
  return features.length >= LINE_POINTS;
}

/** A part of the way with as many points as the whole of it was asked for with. */
export function stretchQuery(span: TrackSpan) {
  return queryOptions({
    queryKey: ["track stretch", span],
    queryFn: ({ signal }) => fetchLine(span, signal),
    staleTime: 60_000,
  });
}

/** The fixes around a meeting, with their times. */
export function trackQuery(span: TrackSpan) {
  return queryOptions({
    queryKey: ["track", span],
    queryFn: ({ signal }) => fetchTrack(span, EVIDENCE_POINTS, signal),
    staleTime: 60_000,
  });
}

export function way({ person, start, end }: TrackSpan): string {
  const parameters = new URLSearchParams({ start_date: start, end_date: end });
  return `/api/persons/${person}/way?${parameters.toString()}`;
}

/** The estimated way around a meeting. */
export function wayQuery(span: TrackSpan) {
  return queryOptions({
    queryKey: ["way", span],
    queryFn: async ({ signal }) => (await fetchPage<WayPiece>(way(span), signal)).items,
    staleTime: 60_000,
  });
}

/** First and last fix of a person, ever: the simplification keeps both ends. Null where there are none. */
export function reportedSpanQuery(person: number) {
  return queryOptions({
    queryKey: ["reported span", person],
    queryFn: async ({ signal }) => {
      const end = new Date(Date.now() + 24 * 3_600_000).toISOString();
      const fixes = await fetchTrack({ person, start: "2015-01-01", end }, 2, signal);
      const first = fixes.at(0);
      const last = fixes.at(-1);
      return first && last ? { first: first.creation_time, last: last.creation_time } : null;
    },
    staleTime: 15_000,
  });
}

async function fetchLine(span: TrackSpan, signal: AbortSignal): Promise<Track> {
  const headers = { Accept: "application/geo+json" };
  return (await (await fetchOrThrow(locations(span, LINE_POINTS), { signal, headers })).json()) as Track;
}

async function fetchTrack(span: TrackSpan, maxPoints: number, signal: AbortSignal): Promise<Fix[]> {
  const response = await fetchOrThrow(locations(span, maxPoints), { signal, headers: { Accept: "application/json" } });
  return (await response.json()) as Fix[];
}
