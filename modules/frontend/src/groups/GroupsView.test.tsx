import { screen, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { FakeServices, group, person } from "../api/fakeServices";
import { openApp } from "../app/openApp";

vi.mock("../map/Stage", () => ({ default: () => <p>Map</p> }));

const ADDRESS = "?person=2&from=2026-03-02&to=2026-03-02&zone=UTC";
const [ada, bob, eve, joy] = [person(1, "Ada Byron"), person(2, "Bob Noyce"), person(3, "Eve Curie"), person(4, "Joy Joiner")];
let services: FakeServices;

beforeEach(() => {
  services = new FakeServices({ persons: [ada, bob, eve, joy] });
  services.groups.push(
    group([ada, bob, eve], "2026-03-02T09:00:00Z"),
    group([ada, bob, eve, joy], "2026-03-02T11:00:00Z", 30),
  );
});

test("groups are asked for when they are looked at, and the chosen one names its members", async () => {
  const user = openApp(services, ADDRESS);
  const link = await screen.findByRole("link", { name: "Groups" });
  expect(services.requestsOf("/groups")).toEqual([]);
  await user.click(link);
  await screen.findByText("2 groups");
  expect(Object.fromEntries(services.requestsOf("/groups")[0]?.searchParams ?? [])).toEqual({
    start_date: "2026-03-02T00:00:00.000Z",
    end_date: "2026-03-02T23:59:59.999999Z",
    person_id: "2",
    min_people: "3",
    min_duration: "60", // of what is not set the least that the service has
    limit: "200",
  });
  const [first, second] = within(screen.getByRole("region", { name: "Groups" })).getAllByRole("button");
  if (!first || !second) throw new Error("there are two groups");
  expect(first.textContent).toMatch(/Ada Byron, Eve Curie3 people.*5 min$/);
  expect(second.textContent).toMatch(/Ada Byron, Eve Curie, Joy Joiner4 people.*30 min$/);

  await user.click(second);
  expect(window.location.search).toBe(`${ADDRESS}&see=groups&group=1.2.3.4@2026-03-02T11:00:00Z`);
  expect(second.getAttribute("aria-expanded")).toBe("true");
  await user.click(second);
  expect(window.location.search).toBe(`${ADDRESS}&see=groups`);
  expect(second.getAttribute("aria-expanded")).toBe("false");
  await user.click(second);
  await user.click(within(screen.getByRole("list", { name: "Members" })).getByRole("link", { name: /Joy Joiner/ }));
  await screen.findByRole("heading", { name: "Joy Joiner" });
  expect(window.location.search).not.toContain("group=");
});

test("how many and for how long is asked for, and what is refused stands at its field", async () => {
  const user = openApp(services, `${ADDRESS}&see=groups&people=4&min=10`);
  await screen.findByText("1 group");
  expect(services.requestsOf("/groups").map(({ searchParams }) => searchParams.get("min_duration"))).toEqual(["600"]);
  const people = screen.getByRole("textbox", { name: "How many, at least, people" });
  await user.clear(people);
  await user.type(people, "1{Enter}");
  await screen.findByText("must be at least 2, is 1");
  expect(people.getAttribute("aria-invalid")).toBe("true");
});

test("that there are none is said, and that the last hour is not looked at yet", async () => {
  services.groups.length = 0;
  openApp(services, `${ADDRESS}&see=groups`);
  await screen.findByText("No groups in these days");
  await screen.findByText(/What happened in the last hour is not looked at yet/);
});

test("while connection_service is down that is said", async () => {
  services.down.add("connection_service");
  openApp(services, `${ADDRESS}&see=groups`);
  await screen.findByText("Groups can’t be shown right now");
});
