import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Meeting, MeetingSearch } from "../api/meetings";
import { trackQuery, wayQuery } from "../api/tracks";
import { evidenceOf, evidenceSpan, type Evidence, type Testimony } from "../geo/evidence";

/** Both tracks around the chosen meeting. `isSettled`: as good as it gets, be it that a track can't be had. */
export function useEvidence(
  meeting: Meeting | null,
  search: MeetingSearch,
): { evidence: Evidence | null; isSettled: boolean; error: Error | null } {
  const own = useTestimony(meeting, search.person, search);
  const other = useTestimony(meeting, meeting?.person.id ?? 0, search);
  const [mine, theirs] = [own.testimony, other.testimony];
  const evidence = useMemo<Evidence | null>(
    () => (meeting && mine && theirs ? evidenceOf(meeting, mine, theirs, search.timeWindow) : null),
    [meeting, mine, theirs, search.timeWindow],
  );
  const error = meeting ? (own.error ?? other.error) : null;
  return { evidence, isSettled: evidence !== null || error !== null, error };
}

/** The fixes of one of the two and, where ways are estimated, their way. */
function useTestimony(meeting: Meeting | null, person: number, search: MeetingSearch) {
  const span = meeting ? evidenceSpan(meeting, person, search) : NOBODY;
  const isEstimate = search.method === "estimate";
  const { data: fixes, error: ofFixes } = useQuery({ ...trackQuery(span), enabled: meeting !== null });
  const { data: pieces, error: ofWay } = useQuery({ ...wayQuery(span), enabled: meeting !== null && isEstimate });
  const testimony = useMemo<Testimony | null>(() => {
    if (!fixes || (isEstimate && !pieces)) return null;
    return { fixes, way: isEstimate && pieces ? pieces : null };
  }, [fixes, pieces, isEstimate]);
  return { testimony, error: ofFixes ?? (isEstimate ? ofWay : null) };
}

const NOBODY = { person: 0, start: "", end: "" };
