import { screen, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { FakeServices, meeting, person } from "../api/fakeServices";
import { openApp } from "../app/openApp";

vi.mock("../map/Stage", () => ({ default: () => <p>Map</p> }));

const ada = person(1, "Ada Byron");
const bob = person(2, "Bob Noyce");
const eve = person(3, "Eve Curie");
let services: FakeServices;

beforeEach(() => {
  services = new FakeServices({
    persons: [ada, bob, eve],
    meetings: [
      meeting(bob, "2026-03-02T09:00:00Z", { minutes: 35 }),
      meeting(eve, "2026-03-02T11:00:00Z", { minutes: 30 }),
      meeting(bob, "2026-07-09T11:00:00Z", { minutes: 5 }),
    ],
  });
});

const summariesAsked = () => services.requests.filter(({ searchParams }) => searchParams.has("summary"));

test("the year is asked for when it is looked at, and says of each day how long with how many", async () => {
  const user = openApp(services, "?person=1&from=2026-03-01&to=2026-03-09&zone=UTC&distance=8");
  await screen.findByText("3 meetings with 2 people");
  expect(summariesAsked()).toEqual([]);
  await user.click(screen.getByText("Year"));
  await screen.findByLabelText("Mon 2 Mar 2026: 1 h 05 min with 2 people");
  expect(screen.getByLabelText("Thu 9 Jul 2026: 5 min with 1 person")).toBeTruthy();
  expect(screen.getByLabelText("Tue 3 Mar 2026: nobody met")).toBeTruthy();
  expect(screen.getByText("2 days with others, 1 h 10 min in all")).toBeTruthy();
  expect(summariesAsked().map(({ searchParams }) => searchParams.get("distance"))).toEqual(["8"]);
});

test("arrow keys lead to a day, Enter makes it the days of the page, and whom one met then is said", async () => {
  const user = openApp(services, "?person=1&from=2026-03-01&to=2026-03-01&zone=UTC&see=year");
  const first = await screen.findByLabelText("Sun 1 Mar 2026: nobody met");
  expect([...document.querySelectorAll("[data-day][tabindex='0']")]).toEqual([first]);
  first.focus();
  await user.keyboard("{ArrowRight}");
  expect(document.activeElement?.getAttribute("aria-label")).toMatch(/^Mon 2 Mar/);
  await user.keyboard("{Enter}");
  expect(window.location.search).toBe("?person=1&from=2026-03-02&to=2026-03-02&zone=UTC&see=year&year=2026");
  const chosen = await screen.findByRole("region", { name: "Chosen day" });
  expect(within(chosen).getAllByRole("listitem").map(({ textContent }) => textContent)).toEqual([
    expect.stringMatching(/Bob Noyce.*35 min/),
    expect.stringMatching(/Eve Curie.*30 min/),
  ]);
  expect(document.querySelector("[aria-selected='true']")?.textContent).toBe("2");
  await user.click(within(chosen).getByRole("link", { name: "Show its meetings" }));
  await screen.findByRole("region", { name: "Meetings" });
});

test("another year is another address", async () => {
  const user = openApp(services, "?person=1&from=2026-03-01&to=2026-03-09&zone=UTC&see=year");
  await user.click(await screen.findByLabelText("The year before, 2025"));
  await screen.findByText("Nobody met");
  expect(window.location.search).toContain("year=2025");
});

test("while connection_service is down that is said", async () => {
  services.down.add("connection_service");
  openApp(services, "?person=1&from=2026-03-01&to=2026-03-09&zone=UTC&see=year");
  await screen.findByText("The year can’t be shown right now");
  expect(screen.getByText("connection_service does not answer.")).toBeTruthy();
});
