import { screen, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { FakeServices, meeting, person } from "../api/fakeServices";
import { openApp } from "../app/openApp";

vi.mock("../map/Stage", () => ({ default: () => <p>Map</p> }));

const LINK = "?person=1&from=2026-03-02&to=2026-03-03&zone=UTC";
const [ADA, BOB, EVE] = [person(1, "Ada Byron"), person(2, "Bob Noyce"), person(3, "Eve Curie")];

let services: FakeServices;

beforeEach(() => {
  services = new FakeServices({
    persons: [ADA, BOB, EVE],
    meetings: [
      meeting(EVE, "2026-03-02T10:00:00Z", { minutes: 5, closest_m: 0.4 }),
      meeting(BOB, "2026-03-02T11:00:00Z", { minutes: 40 }),
      meeting(EVE, "2026-03-03T15:00:00Z", { minutes: 10, probability: 0.97 }),
    ],
  });
});

test("by person, whom one keeps running into is in the service's order, with how often, how long and how close", async () => {
  const user = openApp(services, LINK);
  await user.click(await screen.findByRole("button", { name: "By person" }));
  const ranking = await screen.findByRole("list", { name: "Most time together first" });
  const rows = within(ranking).getAllByRole("button");
  expect(rows.map((row) => row.textContent)).toEqual([
    expect.stringContaining("Bob NoyceLooms40 min1 meeting · 1.8 m"),
    expect.stringContaining("Eve CurieLooms15 min2 meetings · 0.4 m"),
  ]);
  expect(services.requestsOf("/contacts").at(-1)?.searchParams.get("start_date")).toBe("2026-03-02T00:00:00.000Z");
});

test("a person is unfolded to their meetings, and a link shows that", async () => {
  const user = openApp(services, `${LINK}&by=person`);
  const eve = await screen.findByRole("button", { name: /^Eve Curie/ });
  await user.click(eve);
  expect(eve.getAttribute("aria-expanded")).toBe("true");
  expect(window.location.search).toBe(`${LINK}&by=person&with=3`);
  const item = eve.closest("li");
  if (!item) throw new Error("a person is no item of the list");
  expect(within(item).getByText("From Mon 2 Mar 2026 to Tue 3 Mar 2026.")).toBeTruthy();
  const theirs = within(item).getAllByRole("button").slice(1);
  expect(theirs.map((row) => row.textContent)).toEqual([
    expect.stringContaining("Mon 2 Mar 2026"),
    expect.stringContaining("Tue 3 Mar 2026"),
  ]);
  await user.click(eve);
  expect(window.location.search).toBe(`${LINK}&by=person`);
});

test("how sure a meeting is stands in its row, and what that means once it is chosen", async () => {
  const user = openApp(services, LINK);
  const [, , eve] = await screen.findAllByRole("button", { name: /Eve Curie|Bob Noyce/ });
  if (!eve) throw new Error("there are not three meetings");
  expect(eve.textContent).toContain("Almost certain");
  await user.click(eve);
  expect(screen.getByText("Almost certain, 97 % that they were this near")).toBeTruthy();
});

test("a chosen meeting says how exact its closest distance is, and from how many fixes of both it is known", async () => {
  const user = openApp(services, LINK);
  const [bob] = await screen.findAllByRole("button", { name: /Bob Noyce/ });
  if (!bob) throw new Error("there is no meeting");
  expect(bob.textContent).toContain("Likely");
  await user.click(bob);
  expect(screen.getByText(/^1.8 m ± 0.4 m at/)).toBeTruthy();
  expect(screen.getByText("Likely, 70 % that they were this near")).toBeTruthy();
  expect(screen.getByText("7 fixes of the other, 9 own")).toBeTruthy();
});
