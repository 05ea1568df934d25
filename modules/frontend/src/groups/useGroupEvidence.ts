import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { othersOf, type Group } from "../api/groups";
import { wayQuery } from "../api/tracks";
import { DEFAULTS } from "../address/view";
import { evidenceSpan, groupEvidence, type Evidence } from "../geo/evidence";

/** As many people as can be told from each other on the map. */
export const MOST_SHOWN = 12;

/** The ways of the chosen group's members, the person's own first. `settled`: as good as it gets. */
export function useGroupEvidence(
  group: Group | null,
  person: number,
): { evidence: Evidence | null; settled: boolean; error: Error | null } {
  const members = group ? [person, ...othersOf(group, person).map(({ id }) => id)].slice(0, MOST_SHOWN) : [];
  const { ways, settled, error } = useQueries({
    queries: group ? members.map((member) => wayQuery(evidenceSpan(group, member, DEFAULTS))) : [],
    combine: (results) => ({
      ways: results.flatMap(({ data }) => (data ? [data] : [])),
      settled: results.every(({ isPending }) => !isPending),
      error: results.find((result) => result.error)?.error ?? null,
    }),
  });
  const evidence = useMemo(
    () => (group && settled && ways.length > 0 ? groupEvidence(group, ways) : null),
    [group, settled, ways],
  );
  return { evidence, settled, error };
}
