import { beforeAll, expect, test } from "vitest";
import { devices, type Device, type NewDevice, type PairedDevice, type Setting, type Setup } from "../src/api/devices";
import type { FieldError } from "../src/api/fetchOrThrow";
import { groups, type Group } from "../src/api/groups";
import { introductions, type Introduction, type Via } from "../src/api/introductions";
import { contactsQuery, meetingsQuery, type Contact, type Meeting } from "../src/api/meetings";
import { personsQuery, type NewPerson, type Person } from "../src/api/persons";
import type { Forgotten, NewForgotten, NewSharing, Sharing } from "../src/api/sharing";
import { yearOf, type DaySummary } from "../src/api/summaries";
import { CERTAINTIES } from "../src/meetings/certainty";
import { APPS } from "../src/phones/apps";
import { locations, way, type Fix, type WayEnd, type WayPiece } from "../src/api/tracks";

/**
 * The page's types against the specification that the services serve. The compiler holds these lists to the types, the
 * tests hold them to the specification: neither can change alone.
 */
type Present<Value> = Value extends string
  ? "string"
  : Value extends number
    ? "number" | "integer"
    : Value extends boolean
      ? "boolean"
      : string; // the name of another definition
type Field<Value> = null extends Value ? `${Present<NonNullable<Value>>} or null` : Present<Value>;
type Fields<Type> = { [Name in keyof Type]-?: Field<Exclude<Type[Name], undefined>> };

const PERSON: Fields<Person> = { id: "integer", first_name: "string", last_name: "string", company_name: "string" };
const NEW_PERSON: Fields<NewPerson> = { first_name: "string", last_name: "string", company_name: "string" };
const PLACE: Fields<Meeting["place"]> = { latitude: "number", longitude: "number" };
const MEETING: Fields<Meeting> = {
  person: "Person",
  started_at: "string",
  ended_at: "string",
  duration_s: "number",
  closest_m: "number",
  closest_sd_m: "number",
  closest_at: "string",
  place: "Place",
  probability: "number",
  fixes: "integer",
  own_fixes: "integer",
  certainty: "string",
};
const CONTACT: Fields<Contact> = {
  person: "Person",
  encounters: "integer",
  duration_s: "number",
  closest_m: "number",
  closest_sd_m: "number",
  probability: "number",
  first_met_at: "string",
  last_met_at: "string",
};
const DAY_SUMMARY: Fields<DaySummary> = {
  period: "string",
  first_day: "string",
  last_day: "string",
  person: "Person",
  encounters: "integer",
  duration_s: "number",
  closest_m: "number",
  closest_sd_m: "number",
  first_met_at: "string",
  last_met_at: "string",
};
const INTRODUCTION: Fields<Omit<Introduction, "via">> = { person: "Person", strength_s: "number" };
const GROUP: Fields<Omit<Group, "members">> = { started_at: "string", ended_at: "string", duration_s: "number", place: "Place" };
const VIA: Fields<Via> = { person: "Person", own_duration_s: "number", other_duration_s: "number" };
const FIX: Fields<Fix> = {
  person_id: "integer",
  latitude: "number",
  longitude: "number",
  creation_time: "string",
  accuracy_m: "number or null",
};
const WAY_END: Fields<WayEnd> = { latitude: "number", longitude: "number", sd_m: "number" };
const WAY_PIECE: Fields<WayPiece> = {
  started_at: "string",
  ended_at: "string",
  start: "WayEnd",
  end: "WayEnd",
  middle_sd_m: "number",
  is_stay: "boolean",
};
const DEVICE: Fields<Device> = {
  id: "integer",
  person_id: "integer",
  name: "string",
  app: "string",
  created_at: "string",
  last_seen_at: "string or null",
  last_accuracy_m: "number or null",
  revoked_at: "string or null",
};
const PAIRED_DEVICE: Fields<PairedDevice> = { ...DEVICE, secret: "string", setup: "Setup" };
const NEW_DEVICE: Fields<NewDevice> = { name: "string", app: "string" };
const SETTING: Fields<Setting> = { name: "string", value: "string" };
const SETUP: Fields<Omit<Setup, "fields">> = { url: "string", link: "string or null", qr: "string" };
const SHARING: Fields<Sharing> = { paused_at: "string or null" };
const NEW_SHARING: Fields<NewSharing> = { paused: "boolean" };
const FORGOTTEN: Fields<Forgotten> = { started_at: "string", ended_at: "string", locations: "integer" };
const NEW_FORGOTTEN: Record<keyof NewForgotten, "required" | "optional"> = { started_at: "required", ended_at: "optional" };
/** Of one method only. */
const OPTIONAL = ["closest_sd_m", "probability", "own_fixes", "certainty"];
const VIOLATION: Fields<FieldError> = { field: "string", reason: "string" };

/** As much of Swagger 2.0 as is looked at. */
interface Schema {
  type?: string;
  $ref?: string;
  allOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  enum?: string[];
  "x-nullable"?: boolean;
}
interface Operation {
  parameters?: { name: string; in: string; required?: boolean }[];
  responses: Record<string, { schema?: Schema }>;
}
interface Specification {
  definitions: Record<string, Schema>;
  paths: Record<string, { get?: Operation; post?: Operation; put?: Operation; delete?: Operation }>;
}

const served: Record<"PERSON_URL" | "CONNECTION_URL", Specification> = {} as never;

beforeAll(async () => {
  for (const name of ["PERSON_URL", "CONNECTION_URL"] as const) {
    const url = process.env[name];
    if (!url) throw new Error(`${name} is not set: tests/e2e/page sets it and starts this test`);
    served[name] = (await (await fetch(`${url}/swagger.json`)).json()) as Specification;
  }
});

function nameOf(schema: Schema): string {
  const reference = schema.$ref ?? schema.allOf?.[0]?.$ref;
  const name = reference?.split("/").at(-1) ?? schema.type ?? "nothing";
  return schema["x-nullable"] ? `${name} or null` : name;
}

test.each([
  ["PERSON_URL", "Person", PERSON],
  ["PERSON_URL", "NewPerson", NEW_PERSON],
  ["PERSON_URL", "Violation", VIOLATION],
  ["PERSON_URL", "Device", DEVICE],
  ["PERSON_URL", "PairedDevice", PAIRED_DEVICE],
  ["PERSON_URL", "NewDevice", NEW_DEVICE],
  ["PERSON_URL", "Setting", SETTING],
  ["PERSON_URL", "Setup", { ...SETUP, fields: "array" }],
  ["PERSON_URL", "Sharing", SHARING],
  ["PERSON_URL", "NewSharing", NEW_SHARING],
  ["PERSON_URL", "Forgotten", FORGOTTEN],
  ["CONNECTION_URL", "Person", PERSON],
  ["CONNECTION_URL", "Encounter", MEETING],
  ["CONNECTION_URL", "Contact", CONTACT],
  ["CONNECTION_URL", "Introduction", { ...INTRODUCTION, via: "array" }],
  ["CONNECTION_URL", "Via", VIA],
  ["CONNECTION_URL", "Group", { ...GROUP, members: "array" }],
  ["CONNECTION_URL", "Place", PLACE],
  ["CONNECTION_URL", "Location", FIX],
  ["CONNECTION_URL", "WayEnd", WAY_END],
  ["CONNECTION_URL", "WayPiece", WAY_PIECE],
  ["CONNECTION_URL", "Violation", VIOLATION],
] as const)("%s: %s has the fields that the page knows, none of them optional but for what is of one method", (service, definition, fields) => {
  const { properties = {}, required = [] } = served[service].definitions[definition] ?? {};
  expect(Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, nameOf(schema)]))).toEqual(fields);
  expect([...required].sort()).toEqual(Object.keys(fields).filter((name) => !OPTIONAL.includes(name)).sort());
});

test("what meetings of a day add up to has the fields that the page knows", () => {
  const { properties = {} } = served.CONNECTION_URL.definitions.EncounterOrSummary ?? {};
  const known = Object.keys(DAY_SUMMARY).map((name) => [name, nameOf(properties[name] ?? {})]);
  expect(Object.fromEntries(known)).toEqual(DAY_SUMMARY);
  const ofMeetings = Object.keys(MEETING);
  expect(Object.keys(properties).filter((name) => !ofMeetings.includes(name) && !(name in DAY_SUMMARY))).toEqual([]);
});

test("a meeting is as certain as the page has words for", () => {
  const { properties = {} } = served.CONNECTION_URL.definitions.Encounter ?? {};
  expect([...(properties.certainty?.enum ?? [])].sort()).toEqual(Object.keys(CERTAINTIES).sort());
});

test("a phone may have each of the apps that the page knows, and no other", () => {
  const { properties = {} } = served.PERSON_URL.definitions.NewDevice ?? {};
  expect([...(properties.app?.enum ?? [])].sort()).toEqual(Object.keys(APPS).sort());
});

test("a person can be erased", () => {
  const { responses = {} } = served.PERSON_URL.paths["/api/persons/{person_id}"]?.delete ?? {};
  expect(Object.keys(responses)).toEqual(expect.arrayContaining(["204", "404"]));
});

test("sharing can be looked up and paused, and a time forgotten, which need not have an end", () => {
  const { definitions, paths } = served.PERSON_URL;
  const { get, put } = paths["/api/persons/{person_id}/sharing"] ?? {};
  const { post } = paths["/api/persons/{person_id}/forgotten"] ?? {};
  const answers = [get, put, post].map((operation) => operation?.responses["200"]?.schema?.$ref?.split("/").at(-1));
  expect(answers).toEqual(["Sharing", "Sharing", "Forgotten"]);
  const { properties = {}, required = [] } = definitions.NewForgotten ?? {};
  const asked = Object.keys(properties).map((name) => [name, required.includes(name) ? "required" : "optional"]);
  expect(Object.fromEntries(asked)).toEqual(NEW_FORGOTTEN);
});

const SEARCH = {
  ...{ person: 1, start: "", end: "", distance: "", minimumDuration: "", minimumProbability: "" },
  ...{ timeWindow: "", interpolate: true, includePossible: true },
};
const [BY_ESTIMATE, BY_FIXES] = [{ ...SEARCH, method: "estimate" }, { ...SEARCH, method: "fixes" }] as const;
const SPAN = { person: 1, start: "", end: "" };

test.each([
  ["PERSON_URL", "/api/persons", personsQuery("ada").initialPageParam, "Person"],
  ["PERSON_URL", "/api/persons/{person_id}/devices", devices(1), "Device"],
  ["CONNECTION_URL", "/api/persons/{person_id}/encounters", meetingsQuery(BY_ESTIMATE).initialPageParam, "EncounterOrSummary"],
  ["CONNECTION_URL", "/api/persons/{person_id}/encounters", meetingsQuery(BY_FIXES).initialPageParam, "EncounterOrSummary"],
  ["CONNECTION_URL", "/api/persons/{person_id}/encounters", yearOf({ ...SEARCH, year: 2026 }), "EncounterOrSummary"],
  ["CONNECTION_URL", "/api/persons/{person_id}/contacts", contactsQuery(BY_ESTIMATE).initialPageParam, "Contact"],
  ["CONNECTION_URL", "/api/persons/{person_id}/introductions", introductions(SEARCH), "Introduction"],
  ["CONNECTION_URL", "/api/groups", groups({ ...SEARCH, minimumPeople: "" }), "Group"],
  ["CONNECTION_URL", "/api/persons/{person_id}/locations", locations(SPAN, 2), "Location"],
  ["CONNECTION_URL", "/api/persons/{person_id}/way", way(SPAN), "WayPiece"],
] as const)("%s: %s takes what the page asks with, and answers with a list", (service, path, asked, item) => {
  const operation = served[service].paths[path]?.get;
  const query = operation?.parameters?.filter((parameter) => parameter.in === "query") ?? [];
  const names = [...new URL(asked, "http://origin").searchParams.keys()];
  expect(query.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  expect(names).toEqual(expect.arrayContaining(query.filter(({ required }) => required).map(({ name }) => name)));
  expect(operation?.responses["200"]?.schema?.items?.$ref).toBe(`#/definitions/${item}`);
});
