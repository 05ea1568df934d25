import { screen, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { FakeServices, meeting, person } from "../api/fakeServices";
import { openApp } from "../app/openApp";

vi.mock("../map/Stage", () => ({ default: () => <p>Map</p> }));

const ADDRESS = "?person=1&from=2026-03-02&to=2026-03-02&zone=UTC";
const [ada, bob, eve, alan] = [person(1, "Ada Byron"), person(2, "Bob Noyce"), person(3, "Eve Curie"), person(5, "Alan Turing")];
let services: FakeServices;

beforeEach(() => {
  services = new FakeServices({
    persons: [ada, bob, eve, alan],
    meetings: [meeting(bob, "2026-03-02T09:00:00Z", { minutes: 35 }), meeting(eve, "2026-03-02T11:00:00Z", { minutes: 7 })],
  });
  services.introductions.push({
    person: alan,
    strength_s: 1200,
    via: [{ person: bob, own_duration_s: 2100, other_duration_s: 1200 }],
  });
});

test("introductions are asked for when they are looked at, and the lists say what the drawing shows", async () => {
  const user = openApp(services, ADDRESS);
  await screen.findByText("2 meetings with 2 people");
  expect(services.requestsOf("/introductions")).toEqual([]);
  await user.click(screen.getByRole("link", { name: "Introductions" }));
  const introduced = await screen.findByRole("list", { name: "Could be introduced, the strongest first" });
  const link = within(introduced).getByRole("link");
  expect(link.textContent).toContain("Alan Turing");
  expect(link.textContent).toContain("through Bob Noyce, 35 min and 20 min");
  await within(screen.getByRole("list", { name: "Met" })).findByText("Eve Curie");
  const drawn = [...document.querySelectorAll(".network text")].map(({ textContent }) => textContent);
  expect(drawn).toEqual(["Alan", "Bob", "Eve", "Ada"]);
  expect(document.querySelector(".network")?.getAttribute("aria-hidden")).toBe("true");

  link.focus(); // the chain stands out for whoever goes through the list
  const faint = () => [...document.querySelectorAll(".network g[data-faint='true'] text")].map(({ textContent }) => textContent);
  await vi.waitFor(() => expect(faint()).toEqual(["Eve"]));
  await user.keyboard("{Enter}");
  await screen.findByRole("heading", { name: "Alan Turing" });
  expect(window.location.search).toContain("person=5&");
});

test("how long two must have been together is asked for in seconds", async () => {
  openApp(services, `${ADDRESS}&min=5&see=introductions`);
  await screen.findByRole("list", { name: "Met" });
  expect(services.requestsOf("/introductions").map(({ searchParams }) => searchParams.get("min_duration"))).toEqual(["300"]);
});

test("that there is nobody to be introduced is said", async () => {
  services.introductions.pop();
  openApp(services, `${ADDRESS}&see=introductions`);
  await screen.findByText("Nobody to be introduced");
});

test("while connection_service is down that is said", async () => {
  services.down.add("connection_service");
  openApp(services, `${ADDRESS}&see=introductions`);
  await screen.findByText("Introductions can’t be shown right now");
});
