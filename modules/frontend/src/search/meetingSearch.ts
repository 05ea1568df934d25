import type { MeetingSearch } from "../api/meetings";
import type { View } from "../address/view";
import { instantsOf } from "../time/zone";

type Settings = Pick<
  View,
  "from" | "to" | "zone" | "distance" | "timeWindow" | "minimumMinutes" | "interpolate" | "includePossible"
>;

/** What the view asks connection_service for. Text that is no number goes there as it is, to be told so. */
export function meetingSearchOf(view: Settings, person: number): MeetingSearch {
  const minutes = Number(view.minimumMinutes);
  return {
    person,
    ...instantsOf(view.from, view.to, view.zone),
    distance: view.distance,
    timeWindow: view.timeWindow,
    minimumDuration: Number.isFinite(minutes) ? String(minutes * 60) : view.minimumMinutes,
    interpolate: view.interpolate,
    includePossible: view.includePossible,
  };
}

/** What can be said about the range before anybody is asked. */
export function rangeFault(view: View): string | undefined {
  return view.from > view.to ? "The last day is before the first." : undefined;
}
