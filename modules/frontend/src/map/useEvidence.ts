import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Meeting, MeetingSearch } from "../api/meetings";
import { trackQuery } from "../api/tracks";
import { evidenceOf, evidenceSpan, type Evidence } from "../geo/evidence";

/** Both tracks around the chosen meeting. `settled`: as good as it gets, be it that a track can't be had. */
export function useEvidence(
  meeting: Meeting | null,
  search: MeetingSearch,
): { evidence: Evidence | null; settled: boolean; error: Error | null } {
  const own = useQuery({
    ...trackQuery(meeting ? evidenceSpan(meeting, search.person, search) : NOBODY),
    enabled: meeting !== null,
  });
  const other = useQuery({
    ...trackQuery(meeting ? evidenceSpan(meeting, meeting.person.id, search) : NOBODY),
    enabled: meeting !== null,
  });
  const evidence = useMemo<Evidence | null>(() => {
    if (!meeting || !own.data || !other.data) return null;
    return evidenceOf(meeting, own.data, other.data, search.timeWindow);
  }, [meeting, own.data, other.data, search.timeWindow]);
  const error = meeting ? (own.error ?? other.error) : null;
  return { evidence, settled: evidence !== null || error !== null, error };
}

const NOBODY = { person: 0, start: "", end: "" };
