import { useDeferredValue } from "react";
import { nameOf } from "../api/persons";
import { show } from "../address/useView";
import { formatMeeting, type View } from "../address/view";
import { keyOf, useMeetings } from "../meetings/useMeetings";
import type { Chosen, Scene } from "./scene";
import { useEvidence } from "./useEvidence";

/** The meetings, and the ways of both around the one that is chosen. */
export function useMeetingScene(view: View): Scene {
  const isShown = view.aspect !== "now" && view.aspect !== "groups";
  const { search, query, meetings: found, chosen: meeting } = useMeetings(isShown ? view : { ...view, meeting: null });
  // The list shows what has been found first; the map takes longer.
  const meetings = useDeferredValue(found);
  const isReady = useDeferredValue(!query.isPending && !query.isPlaceholderData);
  const { evidence, isSettled, error } = useEvidence(meeting, search);
  const asked = view.meeting?.moment;
  const chosen: Chosen | null = meeting && {
    key: formatMeeting(keyOf(meeting)),
    index: meetings.indexOf(meeting),
    occasion: meeting,
    others: nameOf(meeting.person),
    evidence,
    isSettled,
    missing: error && `The tracks of this meeting can’t be shown right now: ${error.message}.`,
    limit: Number(search.distance),
    moment: asked === undefined ? null : Date.parse(asked),
    // Where the play head stands is part of the address, but no step to go back to.
    keepMoment: (time) => {
      if (time === Date.parse(asked ?? meeting.closest_at)) return;
      show({ ...view, meeting: { ...keyOf(meeting), moment: new Date(time).toISOString() } }, "refinement");
    },
  };
  return {
    of: "meetings",
    circles: meetings,
    nameAt: (index) => (meetings[index] ? nameOf(meetings[index].person) : ""),
    onChoose: (index) => meetings[index] && show({ ...view, meeting: keyOf(meetings[index]) }),
    isReady,
    isError: query.isError,
    isAllThereIs: false,
    chosen,
  };
}
