import type { MeetingSearch } from "./meetings";

/** What the page asks for first, without what is needed only to read the answers: see first/. */
export const PERSONS = "/api/persons";
const PERSONS_PAGE_SIZE = 50;
const MEETINGS_PAGE_SIZE = 1000;
const CONTACTS_PAGE_SIZE = 200;

export function personsPath(search: string): string {
  return `${PERSONS}?${new URLSearchParams({ ...(search && { q: search }), limit: String(PERSONS_PAGE_SIZE) }).toString()}`;
}

export function personPath(id: number): string {
  return `${PERSONS}/${id}`;
}

export function meetingsPath(search: MeetingSearch): string {
  return ofMeetings("encounters", search, MEETINGS_PAGE_SIZE);
}

export function contactsPath(search: MeetingSearch, limit = CONTACTS_PAGE_SIZE): string {
  return ofMeetings("contacts", search, limit);
}

function ofMeetings(name: "encounters" | "contacts", search: MeetingSearch, limit: number): string {
  const parameters = new URLSearchParams({
    start_date: search.start,
    end_date: search.end,
    distance: search.distance,
    min_duration: search.minimumDuration,
    ...(search.method === "fixes" ? ofFixes(search) : { min_probability: search.minimumProbability }),
    limit: String(limit),
  });
  return `${personPath(search.person)}/${name}?${parameters.toString()}`;
}

function ofFixes({ timeWindow, interpolate, includePossible }: MeetingSearch): Record<string, string> {
  return {
    method: "fixes",
    time_window: timeWindow,
    ...(interpolate && { interpolate: "true" }),
    ...(includePossible && { include_possible: "true" }),
  };
}
