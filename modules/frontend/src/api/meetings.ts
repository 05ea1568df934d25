import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { inTurn } from "./inTurn";
import { fetchPage, pagesFrom } from "./page";
import { contactsPath, meetingsPath } from "./paths";
import { recoveryInterval } from "./recovery";
import type { Person } from "./persons";

/** Whether two were as near as asked for, given how exact their phones said that they were. */
export type Certainty = "certain" | "likely" | "possible";

/**
 * Who was near whom: by the ways that both most likely took, at the same instant; or by fixes as they are, which may be some
 * time apart.
 */
export type Method = "estimate" | "fixes";

/** A time with one other person: one row of /encounters. Times are RFC 3339 in UTC. What is optional is of one method. */
export interface Meeting {
  person: Person;
  started_at: string;
  ended_at: string;
  duration_s: number;
  closest_m: number;
  /** Estimate: the standard error of closest_m. */
  closest_sd_m?: number;
  closest_at: string;
  place: { latitude: number; longitude: number };
  /** Estimate: how likely it is that they were within the distance, from 0 to 1. */
  probability?: number;
  fixes: number;
  /** Estimate: fixes of the person asked about. */
  own_fixes?: number;
  /** Fixes: that of its surest fix. */
  certainty?: Certainty;
}

/** All meetings with one other person: one row of /contacts, which has those with the most time together first. */
export interface Contact {
  person: Person;
  encounters: number;
  duration_s: number;
  closest_m: number;
  closest_sd_m?: number;
  /** Estimate: that of the surest meeting. */
  probability?: number;
  first_met_at: string;
  last_met_at: string;
}

/** What counts as a meeting, as the service reads it: RFC 3339 instants, metres, seconds ("any": whenever). */
export interface MeetingSearch {
  person: number;
  start: string;
  end: string;
  distance: string;
  minimumDuration: string;
  method: Method;
  /** Estimate: how likely a meeting must be, from 0 to 1. */
  minimumProbability: string;
  /** Fixes, like the rest: how far apart in time two may be. */
  timeWindow: string;
  /** Between two fixes, somebody was on the straight way from one to the other. */
  interpolate: boolean;
  /** Also those who were as near only if their phones were as wrong as they said they might be. */
  includePossible: boolean;
}

const ALL = 10_000;
/** While the range reaches into the future, new meetings may come in. A hidden tab does not ask. */
const REFRESH_MS = 15_000;
const COUNT_REFRESH_MS = 60_000;

export function isLive(search: Pick<MeetingSearch, "end">, now = Date.now()): boolean {
  return Date.parse(search.end) >= now;
}

export function meetingsQuery(search: MeetingSearch) {
  return listQuery<Meeting>("encounters", search, meetingsPath(search));
}

export function contactsQuery(search: MeetingSearch) {
  return listQuery<Contact>("contacts", search, contactsPath(search));
}

function listQuery<Item>(name: "encounters" | "contacts", search: MeetingSearch, first: string) {
  return infiniteQueryOptions({
    queryKey: [name, search],
    ...pagesFrom<Item>(first),
    placeholderData: (previous, query) =>
      (query?.queryKey[1] as MeetingSearch | undefined)?.person === search.person
        ? keepPreviousData(previous)
        : undefined,
    refetchInterval: (query) => (isLive(search) ? REFRESH_MS : recoveryInterval(query)),
  });
}

/** How many meetings there are. One count after the other, so that they keep no list waiting. */
export function meetingCountQuery(search: MeetingSearch) {
  return queryOptions({
    queryKey: ["meeting count", search],
    queryFn: async ({ signal }) => {
      const count = () => fetchPage<Contact>(contactsPath(search, ALL), signal);
      const { items, next } = await inTurn(count, signal);
      return countOf(items.reduce((sum, { encounters }) => sum + encounters, 0), next !== null);
    },
    retry: false,
    staleTime: COUNT_REFRESH_MS,
    refetchInterval: (query) => (isLive(search) ? COUNT_REFRESH_MS : recoveryInterval(query)),
  });
}

/** "1,204", or "1,000+" where there are more than are loaded. */
export function countOf(count: number, more: boolean): string {
  return `${count.toLocaleString("en-GB")}${more ? "+" : ""}`;
}
