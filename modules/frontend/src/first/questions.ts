import type { View } from "../address/view";
import { contactsPath, meetingsPath, personPath, personsPath } from "../api/paths";
import { meetingSearchOf, rangeFault } from "../search/meetingSearch";

/** The paths that the page of this view is sure to ask for first. */
export function firstQuestions(view: View): string[] {
  if (view.person === null) return [personsPath(view.query.trim())];
  const search = meetingSearchOf(view, view.person);
  return [
    ...(rangeFault(view) === undefined ? [meetingsPath(search)] : []),
    ...(rangeFault(view) === undefined && view.aspect === "meetings" && view.grouping === "person" ? [contactsPath(search)] : []),
    personPath(view.person),
  ];
}
