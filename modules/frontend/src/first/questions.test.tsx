import { screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { parseView } from "../address/view";
import { askEarly, forgetEarly } from "../api/ask";
import { FakeServices, fix, meeting, person } from "../api/fakeServices";
import { openApp } from "../app/openApp";
import { firstQuestions } from "./questions";

vi.mock("../map/Stage", () => ({ default: () => <p>Map</p> }));

const BOB = person(2, "Bob Noyce");
const DAY = "from=2026-03-02&to=2026-03-02&zone=Europe/Berlin";

let services: FakeServices;

beforeEach(() => {
  forgetEarly();
  services = new FakeServices({
    persons: [person(1, "Ada Byron"), BOB],
    meetings: [meeting(BOB, "2026-03-02T10:00:00Z")],
    fixes: [fix(1, "2026-03-02T08:00:00Z")],
  });
  vi.stubGlobal("fetch", services.fetch);
});

const asked = () => services.requests.map(({ pathname, search }) => pathname + search);

test.each([
  "",
  "?q= ada ",
  "?person=1",
  `?person=1&${DAY}`,
  `?person=1&${DAY}&distance=12&min=3&sure=90`,
  `?person=1&${DAY}&method=fixes&window=any&interpolate=true&possible=true`,
  `?person=1&${DAY}&by=person`,
  `?person=1&${DAY}&by=person&see=year`,
  `?person=1&${DAY}&see=introductions`,
  "?person=1&from=2026-03-03&to=2026-03-02&zone=UTC",
])("what is asked early for %s is what the page asks, and nothing twice", async (address) => {
  const early = firstQuestions(parseView(address));
  early.forEach(askEarly);
  expect(asked()).toEqual(early);
  openApp(services, address);
  await screen.findByText("Map"); // which comes after the first answers
  expect(asked().filter((path) => early.includes(path))).toEqual(early);
  expect(early.length).toBeGreaterThan(0);
});

test("with the answers there, the meetings are in the first picture of the page", async () => {
  const address = `?person=1&${DAY}`;
  firstQuestions(parseView(address)).forEach(askEarly);
  await new Promise((resolve) => setTimeout(resolve));
  openApp(services, address);
  expect(screen.getByRole("heading", { name: "Ada Byron" })).toBeTruthy();
  expect(screen.getByRole("button", { name: /Bob Noyce/ })).toBeTruthy();
});
