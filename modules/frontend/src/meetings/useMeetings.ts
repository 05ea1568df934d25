import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { meetingsQuery, type Meeting } from "../api/meetings";
import { useLastingError } from "../api/recovery";
import type { MeetingKey, View } from "../address/view";
import { meetingSearchOf, rangeFault } from "../search/meetingSearch";

/** The meetings of the person in view, and the chosen one among them. The panel and the map share one request. */
export function useMeetings(view: View) {
  const { person, from, to, zone, distance, timeWindow, minimumMinutes } = view;
  const search = useMemo(
    () => meetingSearchOf({ from, to, zone, distance, timeWindow, minimumMinutes }, person ?? 0),
    [person, from, to, zone, distance, timeWindow, minimumMinutes],
  );
  const query = useInfiniteQuery({
    ...meetingsQuery(search),
    enabled: person !== null && rangeFault(view) === undefined,
  });
  const error = useLastingError(query);
  const meetings = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const chosen = useMemo(() => (view.meeting ? findMeeting(meetings, view.meeting) : null), [meetings, view.meeting]);
  return { search, query, error, meetings, chosen };
}

export function keyOf(meeting: Meeting): MeetingKey {
  return { person: meeting.person.id, startedAt: meeting.started_at };
}

/** The meeting of that key; where other settings have moved its beginning, the one that covers that moment. */
export function findMeeting(meetings: readonly Meeting[], { person, startedAt }: MeetingKey): Meeting | null {
  const theirs = meetings.filter((meeting) => meeting.person.id === person);
  const time = Date.parse(startedAt);
  return (
    theirs.find((meeting) => meeting.started_at === startedAt) ??
    theirs.find((meeting) => Date.parse(meeting.started_at) <= time && time <= Date.parse(meeting.ended_at)) ??
    null
  );
}
