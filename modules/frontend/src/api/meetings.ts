import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { fetchPage } from "./page";
import { recoveryInterval } from "./recovery";
import type { Person } from "./persons";

/** A run of near fixes of one other person: one row of /encounters. Times are RFC 3339 in UTC. */
export interface Meeting {
  person: Person;
  started_at: string;
  ended_at: string;
  duration_s: number;
  closest_m: number;
  closest_at: string;
  place: { latitude: number; longitude: number };
  fixes: number;
}

/** What counts as a meeting, as the service reads it: RFC 3339 instants, metres, seconds ("any": whenever). */
export interface MeetingSearch {
  person: number;
  start: string;
  end: string;
  distance: string;
  timeWindow: string;
  minimumDuration: string;
}

const PAGE_SIZE = 1000;
/** While the range reaches into the future, new meetings may come in. A hidden tab does not ask. */
const REFRESH_MS = 15_000;

function encounters(search: MeetingSearch): string {
  const parameters = new URLSearchParams({
    start_date: search.start,
    end_date: search.end,
    distance: search.distance,
    time_window: search.timeWindow,
    min_duration: search.minimumDuration,
    limit: String(PAGE_SIZE),
  });
  return `/api/persons/${search.person}/encounters?${parameters.toString()}`;
}

export function isLive(search: Pick<MeetingSearch, "end">, now = Date.now()): boolean {
  return Date.parse(search.end) >= now;
}

export function meetingsQuery(search: MeetingSearch) {
  return infiniteQueryOptions({
    queryKey: ["meetings", search],
    queryFn: ({ pageParam, signal }) => fetchPage<Meeting>(pageParam, signal),
    initialPageParam: encounters(search),
    getNextPageParam: (page) => page.next,
    placeholderData: (previous, query) =>
      (query?.queryKey[1] as MeetingSearch | undefined)?.person === search.person
        ? keepPreviousData(previous)
        : undefined,
    refetchInterval: (query) => (isLive(search) ? REFRESH_MS : recoveryInterval(query)),
  });
}

/** How many meetings there are, as "3", or "1000+" where they go beyond a page. */
export function meetingCountQuery(search: MeetingSearch) {
  return queryOptions({
    queryKey: ["meeting count", search],
    queryFn: async ({ signal }) => {
      const page = await fetchPage<Meeting>(encounters(search), signal);
      return formatCount(page.items.length, page.next !== null);
    },
    retry: false,
    refetchInterval: (query) => (isLive(search) ? REFRESH_MS : recoveryInterval(query)),
  });
}

export function formatCount(count: number, more: boolean): string {
  return more ? `${count}+` : String(count);
}
