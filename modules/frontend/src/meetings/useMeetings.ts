import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { contactsQuery, meetingsQuery, type Meeting } from "../api/meetings";
import { useLastingError } from "../api/recovery";
import type { MeetingKey, View } from "../address/view";
import { meetingSearchOf, rangeFault } from "../search/meetingSearch";

/** What the view asks for; the same object as long as it is the same. */
function useSearch(view: View) {
  const { person, from, to, zone, distance, minimumMinutes } = view;
  const { method, minimumProbability, timeWindow, interpolate, includePossible } = view;
  return useMemo(
    () =>
      meetingSearchOf(
        { from, to, zone, distance, minimumMinutes, method, minimumProbability, timeWindow, interpolate, includePossible },
        person ?? 0,
      ),
    [person, from, to, zone, distance, minimumMinutes, method, minimumProbability, timeWindow, interpolate, includePossible],
  );
}

/** The meetings of the person in view, and the chosen one among them. The panel and the map share one request. */
export function useMeetings(view: View) {
  const search = useSearch(view);
  const query = useInfiniteQuery({ ...meetingsQuery(search), enabled: isAsking(view) });
  const error = useLastingError(query);
  const meetings = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const chosen = useMemo(() => (view.meeting ? findMeeting(meetings, view.meeting) : null), [meetings, view.meeting]);
  return { search, query, error, meetings, chosen };
}

/** Whom the person in view keeps running into, most time together first. */
export function useContacts(view: View) {
  const query = useInfiniteQuery({ ...contactsQuery(useSearch(view)), enabled: isAsking(view) });
  const error = useLastingError(query);
  const contacts = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  return { query, error, contacts };
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

function isAsking(view: View): boolean {
  return view.person !== null && rangeFault(view) === undefined;
}
