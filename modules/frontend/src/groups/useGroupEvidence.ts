import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { othersOf, type Group } from "../api/groups";
import { nameOf, type Person } from "../api/persons";
import { useLastingError } from "../api/recovery";
import { wayQuery } from "../api/tracks";
import { DEFAULTS } from "../address/view";
import { evidenceSpan, groupEvidence, type Evidence } from "../geo/evidence";
import { formatList } from "../time/format";

/** As many people as can be told from each other on the map. */
const MOST_SHOWN = 12;

/** The ways of the chosen group's members around its time, as many as can be had, and whose can't. */
export function useGroupEvidence(
  group: Group | null,
  person: number,
): { evidence: Evidence | null; isSettled: boolean; missing: string | null } {
  const members = useMemo(() => (group ? shownOf(group, person) : []), [group, person]);
  const { ways, isSettled, ...failure } = useQueries({
    queries: group ? members.map(({ id }) => wayQuery(evidenceSpan(group, id, DEFAULTS))) : [],
    combine: (results) => ({
      ways: results.map(({ data }) => data ?? null),
      isSettled: results.every(({ isPending, errorUpdateCount }) => !isPending || errorUpdateCount > 0),
      error: results.find(({ error }) => error)?.error ?? null,
      isPending: results.some(({ isPending }) => isPending),
      errorUpdateCount: results.reduce((sum, { errorUpdateCount }) => sum + errorUpdateCount, 0),
    }),
  });
  const error = useLastingError(failure);
  const evidence = useMemo(() => {
    const testimonies = members.flatMap(({ id }, index) => {
      const way = ways[index] ?? [];
      return way.length > 0 ? [{ whose: id === person ? ("own" as const) : ("other" as const), fixes: [], way }] : [];
    });
    return group && isSettled && testimonies.length > 0 ? groupEvidence(group, testimonies, DEFAULTS.timeWindow) : null;
  }, [group, person, members, ways, isSettled]);

  if (!group || !isSettled) return { evidence, isSettled, missing: null };
  const hidden = members.filter((_, index) => !ways[index]);
  const lost = members.filter((_, index) => ways[index]?.length === 0);
  const missing = [
    group.members.length > MOST_SHOWN && `${MOST_SHOWN} of these ${group.members.length} people are on the map.`,
    hidden.length > 0 && error && `${waysOf(hidden)} can’t be shown right now: ${error.message}.`,
    lost.length > 0 && `Where ${formatList(lost.map(nameOf))} went is not known.`,
  ];
  return { evidence, isSettled, missing: missing.filter(Boolean).join(" ") || null };
}

/** The person first. */
function shownOf(group: Group, person: number): Person[] {
  return [...group.members.filter(({ id }) => id === person), ...othersOf(group, person)].slice(0, MOST_SHOWN);
}

function waysOf(people: readonly Person[]): string {
  return `The ${people.length === 1 ? "way" : "ways"} of ${formatList(people.map(nameOf))}`;
}
