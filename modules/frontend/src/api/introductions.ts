import { queryOptions } from "@tanstack/react-query";
import { fetchOrThrow } from "./fetchOrThrow";
import type { MeetingSearch } from "./meetings";
import type { Person } from "./persons";
import { recoveryInterval } from "./recovery";

/** Somebody whom both have met: how long the one was with them, and how long the other. */
export interface Via {
  person: Person;
  own_duration_s: number;
  other_duration_s: number;
}

/** Somebody not met who spent time with those who were: one row of /introductions, which has the strongest first. */
export interface Introduction {
  person: Person;
  strength_s: number;
  /** The strongest first. */
  via: Via[];
}

/** `minimumDuration`: seconds altogether from which two have met. */
export type IntroductionSearch = Pick<MeetingSearch, "person" | "start" | "end" | "minimumDuration">;

const STALE_MS = 60_000;

export function introductions({ person, start, end, minimumDuration }: IntroductionSearch): string {
  const parameters = new URLSearchParams({ start_date: start, end_date: end, min_duration: minimumDuration });
  return `/api/persons/${person}/introductions?${parameters.toString()}`;
}

export function introductionsQuery(search: IntroductionSearch) {
  return queryOptions({
    queryKey: ["introductions", search],
    queryFn: async ({ signal }) => (await (await fetchOrThrow(introductions(search), { signal })).json()) as Introduction[],
    staleTime: STALE_MS,
    refetchInterval: recoveryInterval,
  });
}
