import type { View } from "../address/view";
import { contactsPath, meetingsPath, personPath, personsPath } from "../api/paths";
import { meetingSearchOf, rangeFault } from "../search/meetingSearch";

/** The paths that the page of this view is sure to ask for first. */
export function firstQuestions(view: View): string[] {
  if (view.person === null) return [personsPath(view.query.trim())];
  if (rangeFault(view) !== undefined) return [personPath(view.person)];
  const search = meetingSearchOf(view, view.person);
  const isByPerson = view.aspect === "meetings" && view.grouping === "person";
  return [meetingsPath(search), ...(isByPerson ? [contactsPath(search)] : []), personPath(view.person)];
}
