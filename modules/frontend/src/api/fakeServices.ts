import { FakeUpload } from "./fakeUpload";
import type { Device, NewDevice, PairedDevice } from "./devices";
import type { Group } from "./groups";
import type { Introduction } from "./introductions";
import { FakeStream } from "./fakeStream";
import type { Contact, Meeting } from "./meetings";
import type { Person } from "./persons";
import type { Forgotten, NewForgotten, NewSharing, Sharing } from "./sharing";
import type { DaySummary } from "./summaries";
import type { Fix, WayPiece } from "./tracks";

/** What the services would answer, for tests: a stand-in for `fetch` that keeps the contract of their REST APIs. */
export class FakeServices {
  readonly requests: URL[] = [];
  readonly down = new Set<"person_service" | "connection_service">();
  /** The next body that is sent is refused with this field and reason. */
  refusal: { field: string; reason: string } | null = null;
  /** Who does not bring this token is not let in. */
  token: string | null = null;
  /** What the answers say about how complete they are. */
  freshness: string | null = null;
  /** When they answer, by their own clock. */
  answeredAt: number | null = null;
  pageSize = 50;

  readonly persons: Person[];
  readonly meetings: Meeting[];
  readonly fixes: Fix[];
  readonly introductions: Introduction[] = [];
  readonly groups: Group[] = [];
  /** By person. */
  readonly ways = new Map<number, WayPiece[]>();
  /** Whose ways nobody is told. */
  readonly hidden = new Set<number>();
  readonly devices: Device[] = [];
  /** Those that listen, each with what it hears. */
  readonly streams: FakeStream[] = [];
  sharing: Sharing = { paused_at: null };
  /** What was asked to be forgotten. */
  readonly forgotten: NewForgotten[] = [];
  /** Files that were sent. */
  readonly uploads: FakeUpload[] = [];

  constructor({ persons = [], meetings = [], fixes = [] }: { persons?: Person[]; meetings?: Meeting[]; fixes?: Fix[] }) {
    this.persons = persons;
    this.meetings = meetings;
    this.fixes = fixes;
  }

  readonly fetch = (input: string, init?: RequestInit): Promise<Response> => {
    const url = new URL(input, "http://origin");
    this.requests.push(url);
    const answer = this.answer(url, init);
    if (this.freshness) answer.headers.set("Udaconnect-Freshness", this.freshness);
    if (this.answeredAt !== null) answer.headers.set("Date", new Date(this.answeredAt).toUTCString());
    return Promise.resolve(answer);
  };

  /** A stand-in for XMLHttpRequest: each is one of `uploads`. */
  get XMLHttpRequest(): new () => FakeUpload {
    const { uploads } = this;
    return class extends FakeUpload {
      constructor() {
        super();
        uploads.push(this);
      }
    };
  }

  requestsOf(resource: string): URL[] {
    return this.requests.filter(({ pathname }) => pathname.endsWith(resource));
  }

  private answer(url: URL, init?: RequestInit): Response {
    const [, id, resource, item] = /^\/api\/persons(?:\/(\d+)(?:\/(\w+)(?:\/(\w+))?)?)?$/.exec(url.pathname) ?? [];
    const isMeasured = url.pathname === "/api/groups" || (resource && !["devices", "sharing", "forgotten"].includes(resource));
    const service = isMeasured ? "connection_service" : "person_service";
    if (this.down.has(service)) return problem(502, `${service} does not answer`);
    if (this.token && new Headers(init?.headers).get("Authorization") !== `Bearer ${this.token}`) {
      return problem(401, "no token was sent");
    }
    if (resource === "devices") return this.phones(Number(item), init);
    if (resource === "sharing") return this.share(init);
    if (resource === "forgotten") return this.forget(JSON.parse(init?.body as string) as NewForgotten);
    if (url.pathname === "/api/groups") return this.grouped(url);
    if (init?.method === "POST") return this.create(JSON.parse(init.body as string) as Omit<Person, "id">);
    if (id === undefined) return this.list(url);
    const person = this.persons.find((one) => one.id === Number(id));
    if (!person) return problem(404, `person ${id} is unknown`);
    if (init?.method === "DELETE") return this.erase(person);
    if (url.searchParams.get("summary") === "day") return this.near(url, this.summaries(url));
    if (url.pathname.endsWith("/encounters/live")) return this.listen(init);
    if (resource === "encounters") return this.near(url, this.meetings);
    if (resource === "contacts") return this.near(url, contactsOf(this.meetings));
    if (resource === "introductions") return json(this.introductions);
    if (resource === "locations") return json(this.fixes);
    if (resource === "way" && this.hidden.has(person.id)) return problem(403, `this token may not read of person ${person.id}`);
    if (resource === "way") return json(this.ways.get(person.id) ?? []);
    return json(person);
  }

  private listen(init?: RequestInit): Response {
    const stream = new FakeStream(new Headers(init?.headers).get("Last-Event-ID"), init?.signal);
    this.streams.push(stream);
    return new Response(stream.body, { headers: { "Content-Type": "text/event-stream" } });
  }

  private phones(item: number, init?: RequestInit): Response {
    if (init?.method === "POST") {
      if (this.refusal) return this.refuse(this.refusal);
      const { name, app } = JSON.parse(init.body as string) as NewDevice;
      const made = device(this.devices.length + 1, name, { app });
      this.devices.unshift(made);
      const secret = `secret-${made.id}`;
      const url = `http://phones.example/phone/${secret}`;
      const link = `owntracks:///config?inline=${secret}`;
      const setup = { url, link, qr: link, fields: [{ name: "URL", value: url }] };
      return json({ ...made, secret, setup } satisfies PairedDevice, { status: 201 });
    }
    if (init?.method !== "DELETE") return json(this.devices);
    this.devices.splice(0, Infinity, ...this.devices.map((one) => (one.id === item ? { ...one, revoked_at: one.created_at } : one)));
    return new Response(null, { status: 204 });
  }

  private share(init?: RequestInit): Response {
    if (init?.method !== "PUT") return json(this.sharing);
    if (this.refusal) return this.refuse(this.refusal);
    const { paused } = JSON.parse(init.body as string) as NewSharing;
    this.sharing = { paused_at: paused ? (this.sharing.paused_at ?? this.now()) : null };
    return json(this.sharing);
  }

  private forget(time: NewForgotten): Response {
    if (this.refusal) return this.refuse(this.refusal);
    this.forgotten.push(time);
    const { started_at, ended_at = this.now() } = time;
    const [start, end] = [Date.parse(started_at), Date.parse(ended_at)];
    const isKept = ({ creation_time }: Fix) => Date.parse(creation_time) < start || Date.parse(creation_time) >= end;
    const kept = this.fixes.filter(isKept);
    const locations = this.fixes.length - kept.length;
    this.fixes.splice(0, Infinity, ...kept);
    return json({ started_at, ended_at, locations } satisfies Forgotten);
  }

  private now(): string {
    return new Date(this.answeredAt ?? Date.now()).toISOString();
  }

  private erase(person: Person): Response {
    this.persons.splice(this.persons.indexOf(person), 1);
    return new Response(null, { status: 204 });
  }

  private grouped({ searchParams }: URL): Response {
    const least = Number(searchParams.get("min_people"));
    if (least >= 2) return json(this.groups.filter(({ members }) => members.length >= least));
    const reason = `must be at least 2, is ${least}`;
    return problem(400, `min_people ${reason}`, [{ field: "min_people", reason }]);
  }

  private near({ searchParams }: URL, rows: unknown): Response {
    const distance = searchParams.get("distance") ?? "";
    if (Number(distance) > 0) return json(rows);
    const reason = `must be greater than 0, is ${distance}`;
    return problem(400, `distance ${reason}`, [{ field: "distance", reason }]);
  }

  /** By person and day; no meeting of these goes on over midnight. */
  private summaries({ searchParams }: URL): DaySummary[] {
    const [first = "", last = ""] = ["start_date", "end_date"].map((name) => searchParams.get(name) ?? "");
    const days = [...new Set(this.meetings.map(({ started_at }) => started_at.slice(0, 10)))].sort();
    return days
      .filter((day) => day >= first && day <= last)
      .flatMap((day) =>
        contactsOf(this.meetings.filter(({ started_at }) => started_at.startsWith(day))).map((contact) => ({
          ...contact,
          closest_sd_m: 0.4,
          ...{ period: day, first_day: day, last_day: day },
        })),
      );
  }

  private create(body: Omit<Person, "id">): Response {
    if (this.refusal) return this.refuse(this.refusal);
    const person = { id: this.persons.length + 1, ...body };
    this.persons.push(person);
    return json(person, { status: 201 });
  }

  private refuse(refusal: { field: string; reason: string }): Response {
    this.refusal = null;
    return problem(400, `${refusal.field} ${refusal.reason}`, [refusal]);
  }

  private list({ searchParams }: URL): Response {
    const query = (searchParams.get("q") ?? "").toLowerCase();
    const after = Number(searchParams.get("cursor") ?? 0);
    const found = this.persons.filter(
      (person) => person.id > after && `${person.first_name} ${person.last_name}`.toLowerCase().includes(query),
    );
    const page = found.slice(0, this.pageSize);
    const next = `</api/persons?q=${query}&cursor=${page.at(-1)?.id ?? 0}>; rel="next"`;
    return json(page, { headers: found.length > page.length ? { Link: next } : {} });
  }
}

export function person(id: number, name: string, company_name = "Looms"): Person {
  const [first_name = "", last_name = ""] = name.split(" ");
  return { id, first_name, last_name, company_name };
}

export function device(id: number, name: string, more: Partial<Device> = {}): Device {
  const created_at = "2026-03-01T09:00:00Z";
  const known = { id, person_id: 1, name, app: "owntracks", created_at };
  return { ...known, last_seen_at: null, last_accuracy_m: null, revoked_at: null, ...more };
}

export function meeting(
  other: Person,
  started_at: string,
  {
    minutes = 10,
    closest_m = 1.8,
    probability = 0.7,
  }: { minutes?: number; closest_m?: number; probability?: number } = {},
): Meeting {
  const ended_at = minutesAfter(started_at, minutes);
  return {
    person: other,
    started_at,
    ended_at,
    duration_s: minutes * 60,
    closest_m,
    closest_sd_m: 0.4,
    closest_at: started_at,
    place: { latitude: 50.11, longitude: 8.65 },
    probability,
    fixes: 7,
    own_fixes: 9,
  };
}

function minutesAfter(time: string, minutes: number): string {
  return new Date(Date.parse(time) + minutes * 60_000).toISOString().replace(".000Z", "Z");
}

/** The meetings by person, most time together first. */
function contactsOf(meetings: readonly Meeting[]): Contact[] {
  const people = [...new Map(meetings.map((one) => [one.person.id, one.person])).values()];
  const contacts = people.map((person) => {
    const theirs = meetings.filter((one) => one.person.id === person.id);
    return {
      person,
      encounters: theirs.length,
      duration_s: theirs.reduce((sum, { duration_s }) => sum + duration_s, 0),
      closest_m: Math.min(...theirs.map(({ closest_m }) => closest_m)),
      first_met_at: theirs.map(({ started_at }) => started_at).sort()[0] ?? "",
      last_met_at: theirs.map(({ ended_at }) => ended_at).sort().at(-1) ?? "",
    };
  });
  return contacts.sort((a, b) => b.duration_s - a.duration_s || a.person.id - b.person.id);
}

export function group(members: Person[], started_at: string, minutes = 5): Group {
  const ended_at = minutesAfter(started_at, minutes);
  return { started_at, ended_at, duration_s: minutes * 60, place: { latitude: 50.11, longitude: 8.65 }, members };
}

export function fix(person_id: number, creation_time: string, longitude = 8.65, latitude = 50.11): Fix {
  return { person_id, latitude, longitude, creation_time, accuracy_m: null };
}

function json(body: unknown, init?: ResponseInit): Response {
  return Response.json(body, init);
}

function problem(status: number, detail: string, errors: object[] = []): Response {
  const headers = { "Content-Type": "application/problem+json" };
  return new Response(JSON.stringify({ type: "about:blank", title: "", status, detail, errors }), { status, headers });
}
