import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { groupKey, groupsQuery } from "../api/groups";
import { useLastingError } from "../api/recovery";
import { DEFAULTS, type View } from "../address/view";
import { meetingSearchOf, rangeFault } from "../search/meetingSearch";

/** The groups that the person in view was in, and the chosen one, while they are looked at. List and map share one request. */
export function useGroups(view: View) {
  const person = view.person ?? 0;
  const minimumMinutes = leastMinutes(view);
  const { start, end, minimumDuration } = meetingSearchOf({ ...view, minimumMinutes }, person);
  const isShown = view.person !== null && view.aspect === "groups" && rangeFault(view) === undefined;
  const query = useInfiniteQuery({
    ...groupsQuery({ person, start, end, minimumDuration, minimumPeople: view.minimumPeople }),
    enabled: isShown,
  });
  const error = useLastingError(query);
  const groups = useMemo(() => (isShown ? query.data?.pages.flatMap((page) => page.items) : undefined) ?? [], [isShown, query.data]);
  const chosen = useMemo(() => groups.find((group) => groupKey(group) === view.group) ?? null, [groups, view.group]);
  return { query, error, groups, chosen, minimumMinutes };
}

/** Where none is set that of the service: of any length there are as many groups as people have passed by each other. */
function leastMinutes({ minimumMinutes }: View): string {
  return minimumMinutes === DEFAULTS.minimumMinutes ? "1" : minimumMinutes;
}
