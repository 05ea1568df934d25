import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Meeting, MeetingSearch } from "../api/meetings";
import { trackQuery } from "../api/tracks";
import { closestMoment, evidenceSpan } from "../geo/evidence";
import type { Evidence } from "./EvidenceLayer";

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
    const closest = closestMoment(meeting, own.data, other.data, search.timeWindow);
    return { meeting, own: own.data, other: other.data, closest };
  }, [meeting, own.data, other.data, search.timeWindow]);
  const error = meeting ? (own.error ?? other.error) : null;
  return { evidence, settled: evidence !== null || error !== null, error };
}

const NOBODY = { person: 0, start: "", end: "" };
