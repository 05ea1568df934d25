import type { MeetingSearch } from "../api/meetings";
import type { View } from "../address/view";
import { instantsOf } from "../time/zone";

type Settings = Pick<
  View,
  | "from"
  | "to"
  | "zone"
  | "distance"
  | "minimumMinutes"
  | "method"
  | "minimumProbability"
  | "timeWindow"
  | "interpolate"
  | "includePossible"
>;

/** What the view asks connection_service for. Text that is no number goes there as it is, to be told so. */
export function meetingSearchOf(view: Settings, person: number): MeetingSearch {
  const minutes = Number(view.minimumMinutes);
  const percent = Number(view.minimumProbability);
  return {
    person,
    ...instantsOf(view.from, view.to, view.zone),
    distance: view.distance,
    minimumDuration: Number.isFinite(minutes) ? String(minutes * 60) : view.minimumMinutes,
    method: view.method,
    minimumProbability: Number.isFinite(percent) ? String(percent / 100) : view.minimumProbability,
    timeWindow: view.timeWindow,
    interpolate: view.interpolate,
    includePossible: view.includePossible,
  };
}

/** What can be said about the range before anybody is asked. */
export function rangeFault(view: View): string | undefined {
  return view.from > view.to ? "The last day is before the first." : undefined;
}
