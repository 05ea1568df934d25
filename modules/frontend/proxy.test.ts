import { expect, test } from "vitest";
import { apiProxy } from "./proxy.ts";

const ROUTES = apiProxy({
  PHONE_URL: "http://phone",
  PERSON_URL: "http://person",
  CONNECTION_URL: "http://connection",
  STREAM_URL: "http://stream",
});

test.each([
  ["/api/persons", "http://person"],
  ["/api/persons?q=locations", "http://person"],
  ["/api/persons/7", "http://person"],
  ["/api/persons/7/unheard-of", "http://person"],
  ["/api/persons/7/connection?start_date=2026-03-02", "http://connection"],
  ["/api/persons/7/encounters", "http://connection"],
  ["/api/persons/7/encounters/live", "http://stream"],
  ["/api/persons/7/encounters/lively", "http://connection"],
  ["/api/persons/7/way", "http://connection"],
  ["/api/persons/7/contacts?limit=5", "http://connection"],
  ["/api/persons/7/locations?max_points=2", "http://connection"],
  ["/api/persons/7/export", "http://connection"],
  ["/api/persons/7/introductions?start_date=2026-03-02", "http://connection"],
  ["/api/groups?start_date=2026-03-02", "http://connection"],
  ["/api/groups-of-old", undefined],
  ["/api/persons/7/files?name=day.gpx&zone=Europe/Berlin", "http://phone"],
  ["/api/persons/7/files", "http://phone"],
  ["/api/persons/7/files-of-old", "http://person"],
  ["/api/persons/7?next=/8/locations", "http://person"],
  ["/assets/index.js", undefined],
  ["/api/personsandmore", undefined],
])("%s goes to %s", (path, target) => {
  const [, options] = Object.entries(ROUTES).find(([pattern]) => new RegExp(pattern).test(path)) ?? [];
  expect(options?.target).toBe(target);
});
