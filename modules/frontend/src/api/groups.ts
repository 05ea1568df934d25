import { infiniteQueryOptions } from "@tanstack/react-query";
import type { Meeting, MeetingSearch } from "./meetings";
import { fetchPage } from "./page";
import type { Person } from "./persons";
import { recoveryInterval } from "./recovery";

/** Some who were together at once, every two of them all the time: one row of /groups, which has them in the order of time. */
export interface Group extends Pick<Meeting, "started_at" | "ended_at" | "duration_s" | "place"> {
  /** By id. */
  members: Person[];
}

/** `person`: one of the members. `minimumDuration`: seconds that all of them were together. */
export interface GroupSearch extends Pick<MeetingSearch, "person" | "start" | "end" | "minimumDuration"> {
  minimumPeople: string;
}

const PAGE_SIZE = 200;
const STALE_MS = 60_000;

export function groups({ person, start, end, minimumDuration, minimumPeople }: GroupSearch): string {
  const parameters = new URLSearchParams({
    start_date: start,
    end_date: end,
    person_id: String(person),
    min_people: minimumPeople,
    min_duration: minimumDuration,
    limit: String(PAGE_SIZE),
  });
  return `/api/groups?${parameters.toString()}`;
}

export function groupsQuery(search: GroupSearch) {
  return infiniteQueryOptions({
    queryKey: ["groups", search],
    queryFn: ({ pageParam, signal }) => fetchPage<Group>(pageParam, signal),
    initialPageParam: groups(search),
    getNextPageParam: (page) => page.next,
    staleTime: STALE_MS,
    refetchInterval: recoveryInterval,
  });
}

/** Which group it is, for the address: when it began, and of whom. */
export function groupKey({ started_at, members }: Group): string {
  return `${members.map(({ id }) => id).join(".")}@${started_at}`;
}

/** The members besides the person. */
export function othersOf({ members }: Group, person: number): Person[] {
  return members.filter(({ id }) => id !== person);
}
