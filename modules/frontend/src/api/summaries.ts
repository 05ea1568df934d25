import { queryOptions } from "@tanstack/react-query";
import type { MeetingSearch } from "./meetings";
import { fetchPage } from "./page";
import type { Person } from "./persons";
import { recoveryInterval } from "./recovery";
import type { Day } from "../time/zone";

/** The meetings with one other person on one day of UTC: one row of /encounters?summary=day. */
export interface DaySummary {
  period: Day;
  first_day: Day;
  last_day: Day;
  person: Person;
  encounters: number;
  duration_s: number;
  closest_m: number;
  closest_sd_m: number;
  first_met_at: string;
  last_met_at: string;
}

/** What counts as a meeting in a year. There are no summaries of single fixes. */
export type YearSearch = Pick<MeetingSearch, "person" | "distance" | "minimumDuration" | "minimumProbability"> & { year: number };

const PAGE_SIZE = 10_000;
const STALE_MS = 60_000;

export function yearOf(search: YearSearch): string {
  const year = String(search.year).padStart(4, "0");
  const parameters = new URLSearchParams({
    start_date: `${year}-01-01`,
    end_date: `${year}-12-31`,
    distance: search.distance,
    min_duration: search.minimumDuration,
    min_probability: search.minimumProbability,
    summary: "day",
    limit: String(PAGE_SIZE),
  });
  return `/api/persons/${search.person}/encounters?${parameters.toString()}`;
}

/** Whom the person met on which day of the year, all of it. */
export function yearQuery(search: YearSearch) {
  return queryOptions({
    queryKey: ["year", search],
    queryFn: async ({ signal }) => {
      const rows: DaySummary[] = [];
      for (let path: string | null = yearOf(search); path !== null; ) {
        const { items, next }: { items: DaySummary[]; next: string | null } = await fetchPage<DaySummary>(path, signal);
        rows.push(...items);
        path = next;
      }
      return rows;
    },
    staleTime: STALE_MS,
    refetchInterval: recoveryInterval,
  });
}
