import type { Method } from "../api/meetings";
import { addDays, isDay, isZone, today, viewerZone, type Day } from "../time/zone";

/** Which meeting is chosen: with whom, and when it began. */
export interface MeetingKey {
  person: number;
  startedAt: string;
  /** The moment that the play head is at; none: when they were closest. */
  moment?: string;
}

/**
 * What the page shows. All of it is in the address bar, so that a link shows the same page.
 *
 * Figures stay as they were typed: the services judge them, and their answer stands at the field. The days of the
 * range are days of `zone`, the zone of whoever chose them, so that they mean the same to whoever opens the link.
 */
export interface View {
  query: string;
  person: number | null;
  from: Day;
  to: Day;
  zone: string;
  distance: string;
  minimumMinutes: string;
  method: Method;
  /** In per cent; of the estimate. What follows is of fixes. */
  minimumProbability: string;
  timeWindow: string;
  interpolate: boolean;
  includePossible: boolean;
  grouping: Grouping;
  /** Whose meetings are unfolded in the list by person. */
  contact: number | null;
  meeting: MeetingKey | null;
  /** Which side of the person is shown: the meetings one by one, or what they add up to. */
  aspect: Aspect;
  /** Of the calendar; none: that of the last day. */
  year: number | null;
  /** So many were together in a group, at least. */
  minimumPeople: string;
  /** The chosen group, as api/groups.ts writes it. */
  group: string | null;
}

export const ASPECTS = ["meetings", "now", "year", "introductions", "groups"] as const;
export type Aspect = (typeof ASPECTS)[number];
export type Grouping = "day" | "person";

export const DEFAULTS = { distance: "5", minimumMinutes: "0", minimumProbability: "50", timeWindow: "600", minimumPeople: "3" } as const;

export function parseView(search: string, now = Date.now()): View {
  const parameters = new URLSearchParams(search);
  const figure = (name: string, fallback: string) => parameters.get(name)?.trim() ?? fallback;
  return {
    query: parameters.get("q") ?? "",
    person: parseId(parameters.get("person")),
    ...parseRange(parameters, now),
    distance: figure("distance", DEFAULTS.distance),
    minimumMinutes: figure("min", DEFAULTS.minimumMinutes),
    method: parseMethod(parameters),
    minimumProbability: figure("sure", DEFAULTS.minimumProbability),
    timeWindow: figure("window", DEFAULTS.timeWindow),
    interpolate: parameters.get("interpolate") === "true",
    includePossible: parameters.get("possible") === "true",
    grouping: parameters.get("by") === "person" ? "person" : "day",
    contact: parseId(parameters.get("with")),
    meeting: parseMeeting(parameters.get("meeting"), parameters.get("moment")),
    aspect: ASPECTS.find((aspect) => aspect === parameters.get("see")) ?? "meetings",
    year: parseYear(parameters.get("year")),
    minimumPeople: figure("people", DEFAULTS.minimumPeople),
    group: parameters.get("group"),
  };
}

/** The address of a view, "?…", without what is not needed to show it again. */
export function formatView(view: View): string {
  const parameters = new URLSearchParams();
  if (view.person === null) {
    if (view.query) parameters.set("q", view.query);
  } else {
    parameters.set("person", String(view.person));
    parameters.set("from", view.from);
    parameters.set("to", view.to);
    parameters.set("zone", view.zone);
    if (view.distance !== DEFAULTS.distance) parameters.set("distance", view.distance);
    if (view.minimumMinutes !== DEFAULTS.minimumMinutes) parameters.set("min", view.minimumMinutes);
    if (view.method === "fixes") {
      parameters.set("method", "fixes");
      if (view.timeWindow !== DEFAULTS.timeWindow) parameters.set("window", view.timeWindow);
      if (view.interpolate) parameters.set("interpolate", "true");
      if (view.includePossible) parameters.set("possible", "true");
    } else if (view.minimumProbability !== DEFAULTS.minimumProbability) {
      parameters.set("sure", view.minimumProbability);
    }
    if (view.grouping !== "day") parameters.set("by", view.grouping);
    if (view.contact !== null && view.grouping === "person") parameters.set("with", String(view.contact));
    if (view.meeting) parameters.set("meeting", formatMeeting(view.meeting));
    if (view.meeting?.moment) parameters.set("moment", view.meeting.moment);
    if (view.aspect !== "meetings") parameters.set("see", view.aspect);
    if (view.year !== null && view.aspect === "year") parameters.set("year", String(view.year));
    if (view.aspect === "groups") {
      if (view.minimumPeople !== DEFAULTS.minimumPeople) parameters.set("people", view.minimumPeople);
      if (view.group) parameters.set("group", view.group);
    }
  }
  // Colons, slashes and @ are allowed in a query and keep the link readable.
  const text = parameters.toString().replace(/%3A/g, ":").replace(/%2F/g, "/").replace(/%40/g, "@");
  return text ? `?${text}` : "";
}

export function formatMeeting({ person, startedAt }: MeetingKey): string {
  return `${person}@${startedAt}`;
}

/** The list of people as it is before anything is chosen. */
export function startOf(view: View): View {
  return { ...view, query: "", person: null, contact: null, meeting: null, aspect: "meetings", year: null, group: null };
}

/** Another person's meetings, by the same standard. */
export function viewOf(view: View, person: number): View {
  return { ...view, query: "", person, contact: null, meeting: null, group: null };
}

/** The last seven days, up to and with today. */
export function lastSevenDays(zone: string, now = Date.now()): { from: Day; to: Day } {
  const to = today(zone, now);
  return { from: addDays(to, -6), to };
}

function parseRange(parameters: URLSearchParams, now: number): Pick<View, "from" | "to" | "zone"> {
  const asked = parameters.get("zone");
  const zone = asked && isZone(asked) ? asked : viewerZone();
  const [from, to] = [parameters.get("from"), parameters.get("to")];
  if (from && to && isDay(from) && isDay(to)) return { from, to, zone };
  return { ...lastSevenDays(zone, now), zone };
}

/** Links from before there were estimates have what only fixes have, and mean them. */
function parseMethod(parameters: URLSearchParams): Method {
  const isOfFixes = ["window", "interpolate", "possible"].some((name) => parameters.has(name));
  return isOfFixes || parameters.get("method") === "fixes" ? "fixes" : "estimate";
}

function parseId(text: string | null): number | null {
  const id = /^\d+$/.test(text ?? "") ? Number(text) : 0;
  return Number.isSafeInteger(id) && id > 0 ? id : null;
}

/** A year that the services' days can have. */
function parseYear(text: string | null): number | null {
  const year = /^\d{4}$/.test(text ?? "") ? Number(text) : 0;
  return year > 0 ? year : null;
}

function parseMeeting(text: string | null, moment: string | null): MeetingKey | null {
  const [, id = null, startedAt = ""] = /^(\d+)@(.+)$/.exec(text ?? "") ?? [];
  const person = parseId(id);
  if (person === null || Number.isNaN(Date.parse(startedAt))) return null;
  return moment !== null && !Number.isNaN(Date.parse(moment)) ? { person, startedAt, moment } : { person, startedAt };
}
