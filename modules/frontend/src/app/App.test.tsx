import { act, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { FakeServices, fix, meeting, person } from "../api/fakeServices";
import { openApp } from "./openApp";

// The map needs WebGL, which only a real browser has: tests/e2e/page looks at it.
vi.mock("../map/Stage", () => ({ default: () => <p>Map</p> }));

const ADA = person(1, "Ada Byron", "Engines");
const BOB = person(2, "Bob Noyce", "Chips");
const EVE = person(3, "Eve Curie", "Radium");
const LINK = "?person=1&from=2026-03-02&to=2026-03-03&zone=UTC";

let services: FakeServices;

beforeEach(() => {
  services = new FakeServices({
    persons: [ADA, BOB, EVE],
    meetings: [
      meeting(BOB, "2026-03-02T10:00:00Z", { minutes: 26, closest_m: 1.8 }),
      meeting(EVE, "2026-03-03T11:00:00Z", { minutes: 3, closest_m: 4 }),
    ],
    fixes: [fix(1, "2026-03-02T08:00:00Z"), fix(1, "2026-03-03T18:00:00Z")],
  });
});

const open = (address = "") => openApp(services, address);

test("people are found as one types, and picking one leads to their meetings", async () => {
  const user = open();
  await screen.findByRole("link", { name: /Eve Curie/ });
  await user.type(screen.getByRole("searchbox", { name: "Find a person" }), "ada");
  await waitFor(() => expect(screen.queryByRole("link", { name: /Eve Curie/ })).toBeNull());
  expect(window.location.search).toBe("?q=ada");

  await user.click(screen.getByRole("link", { name: /Ada Byron/ }));
  expect(await screen.findByRole("heading", { name: "Ada Byron" })).toBe(document.activeElement);
  expect(window.location.search).toMatch(/^\?person=1&from=.*&to=.*&zone=/);

  act(() => window.history.back());
  expect(await screen.findByRole<HTMLInputElement>("searchbox")).toHaveProperty("value", "ada");
});

test("further pages come as asked for", async () => {
  services.pageSize = 2;
  const user = open();
  await user.click(await screen.findByRole("button", { name: "Show more people" }));
  await screen.findByRole("link", { name: /Eve Curie/ });
  expect(screen.queryByRole("button", { name: "Show more people" })).toBeNull();
});

test("a person is created, and what is wrong stands at its field", async () => {
  const user = open();
  await user.click(await screen.findByRole("button", { name: "Add a person" }));
  await user.type(screen.getByLabelText("First name"), "Joan");
  await user.type(screen.getByLabelText("Last name"), "Clarke");
  await user.click(screen.getByRole("button", { name: "Add" }));
  const company = screen.getByLabelText("Company");
  expect(company).toBe(document.activeElement);
  expect(screen.getByText("can’t be empty").id).toBe(company.getAttribute("aria-describedby"));
  expect(services.persons).toHaveLength(3);

  services.refusal = { field: "company_name", reason: "must be known to the registry" };
  await user.type(company, "Hut 8{Enter}");
  expect((await screen.findByText("must be known to the registry")).id).toBe(company.getAttribute("aria-describedby"));

  await user.type(company, "{Enter}");
  await screen.findByRole("heading", { name: "Joan Clarke" });
  expect(services.persons.at(-1)).toMatchObject({ first_name: "Joan", company_name: "Hut 8" });
});

test("a link shows the same meetings, grouped by day", async () => {
  open(LINK);
  const day = (await screen.findByRole("heading", { name: "Monday 2 March 2026" })).closest("section");
  if (!day) throw new Error("a day has no section");
  const row = within(day).getByRole("button", { name: /Bob Noyce/ });
  expect(row.textContent).toContain("Chips");
  expect(row.textContent).toContain("26 min · 1.8 m");
  expect(screen.getByText("2 meetings with 2 people")).toBeTruthy();

  const asked = services.requestsOf("/encounters")[0]?.searchParams;
  expect(Object.fromEntries(asked ?? [])).toEqual({
    start_date: "2026-03-02T00:00:00.000Z",
    end_date: "2026-03-03T23:59:59.999999Z",
    distance: "5",
    min_duration: "0",
    min_probability: "0.5",
    limit: "1000",
  });
});

test("choosing a meeting opens it, is in the address, and going back closes it", async () => {
  const user = open(LINK);
  const row = await screen.findByRole("button", { name: /Bob Noyce/ });
  await user.click(row);
  expect(row.getAttribute("aria-expanded")).toBe("true");
  expect(window.location.search).toBe(`${LINK}&meeting=2@2026-03-02T10:00:00Z`);
  expect(screen.getByText("7 fixes of the other, 9 own")).toBeTruthy();
  act(() => window.history.back());
  await waitFor(() => expect(row.getAttribute("aria-expanded")).toBe("false"));
});

test("a meeting of the link that is not there is said to be missing", async () => {
  open(`${LINK}&meeting=2@2026-03-01T10:00:00Z`);
  await screen.findByText("The chosen meeting is not among these");
});

test("what the service refuses is said at the field", async () => {
  const user = open(LINK);
  const distance = await screen.findByRole("textbox", { name: "Distance, m" });
  await user.clear(distance);
  await user.type(distance, "-2{Enter}");
  await screen.findByText("must be greater than 0, is -2");
  expect(distance.getAttribute("aria-invalid")).toBe("true");
  await screen.findByText("Correct what is marked above.");
});

test("a range that ends before it begins is said at once and not asked for", async () => {
  open("?person=1&from=2026-03-03&to=2026-03-02&zone=UTC");
  await screen.findByText("The last day is before the first.");
  expect(services.requestsOf("/encounters")).toEqual([]);
});

test("days of another zone keep their meaning until they are made the viewer's", async () => {
  open("?person=1&from=2026-03-02&to=2026-03-02&zone=Pacific/Kiritimati");
  await screen.findByText(/Days of Pacific\/Kiritimati/);
  const asked = services.requestsOf("/encounters")[0]?.searchParams;
  expect(asked?.get("start_date")).toBe("2026-03-01T10:00:00.000Z");
});

test("without meetings the page offers the days in which the person reported", async () => {
  services.meetings.length = 0;
  const user = open("?person=1&from=2025-01-01&to=2025-01-02&zone=UTC");
  await user.click(await screen.findByRole("button", { name: "Show those days" }));
  expect(window.location.search).toMatch(/from=2026-03-02&to=2026-03-0[34]/);
  await screen.findByText(/Nobody came this near/);
});

test("somebody who never reported is told how to", async () => {
  services.meetings.length = 0;
  services.fixes.length = 0;
  open(LINK);
  await screen.findByText("No locations yet");
});

test("with connection_service down the person is still shown, and what is missing is said", async () => {
  services.down.add("connection_service");
  const user = open(LINK);
  await screen.findByRole("heading", { name: "Ada Byron" });
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toContain("Meetings can’t be shown right now");
  expect(alert.textContent).toContain("connection_service does not answer.");
  services.down.clear();
  await user.click(within(alert).getByRole("button", { name: "Try again" }));
  await screen.findByRole("button", { name: /Bob Noyce/ });
});

test("with person_service down the meetings of a link are still shown", async () => {
  services.down.add("person_service");
  open(LINK);
  await screen.findByRole("button", { name: /Bob Noyce/ });
  await screen.findByText("Name and company can’t be shown right now");
  expect(screen.getByRole("heading", { name: "Person 1" })).toBeTruthy();
});

test("an unknown person is a friendly dead end", async () => {
  open("?person=99");
  await screen.findByText("Nobody has the number 99");
  expect(screen.getByRole("link", { name: "See who is here" })).toBeTruthy();
});
