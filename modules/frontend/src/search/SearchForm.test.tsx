import { fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { FakeServices, fix, meeting, person } from "../api/fakeServices";
import { openApp } from "../app/openApp";

vi.mock("../map/Stage", () => ({ default: () => <p>Map</p> }));

const LINK = "?person=1&from=2026-03-02&to=2026-03-03&zone=UTC";
const BOB = person(2, "Bob Noyce");

let services: FakeServices;

beforeEach(() => {
  services = new FakeServices({
    persons: [person(1, "Ada Byron"), BOB],
    meetings: [meeting(BOB, "2026-03-02T10:00:00Z"), meeting(BOB, "2026-03-02T11:00:00Z")],
    fixes: [fix(1, "2026-03-02T08:00:00Z"), fix(1, "2026-03-03T18:00:00Z")],
  });
});

const askedLast = () => services.requestsOf("/encounters").at(-1)?.searchParams;
const slider = (name: string) => screen.findByRole<HTMLInputElement>("slider", { name });

test("a slider sets the figure beside it, and asks when it has come to rest", async () => {
  openApp(services, LINK);
  const distance = await slider("Distance");
  expect(distance.getAttribute("aria-valuetext")).toBe("5 metres");
  fireEvent.change(distance, { target: { value: String(distance.valueAsNumber + 1) } });
  fireEvent.change(distance, { target: { value: String(distance.valueAsNumber + 1) } });
  expect(distance.getAttribute("aria-valuetext")).toBe("8 metres");
  expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Distance, m" }).value).toBe("8");
  await waitFor(() => expect(window.location.search).toBe(`${LINK}&distance=8`));
  await waitFor(() => expect(askedLast()?.get("distance")).toBe("8"));
  expect(services.requestsOf("/encounters").map(({ searchParams }) => searchParams.get("distance"))).not.toContain("6");
});

test("how sure a meeting must be is set in per cent and asked for as a part of one", async () => {
  openApp(services, LINK);
  const sure = await slider("How sure, at least");
  expect(sure.getAttribute("aria-valuetext")).toBe("50 per cent");
  fireEvent.change(sure, { target: { value: String(sure.valueAsNumber + 3) } });
  await waitFor(() => expect(window.location.search).toBe(`${LINK}&sure=80`));
  await waitFor(() => expect(askedLast()?.get("min_probability")).toBe("0.8"));
  expect(askedLast()?.has("time_window")).toBe(false);
});

test("a typed figure need not be one of the slider's", async () => {
  const user = openApp(services, `${LINK}&method=fixes`);
  const figure = await screen.findByRole("textbox", { name: "Time apart, s" });
  await user.clear(figure);
  await user.type(figure, "95{Enter}");
  expect(window.location.search).toBe(`${LINK}&method=fixes&window=95`);
  expect((await slider("Time apart")).getAttribute("aria-valuetext")).toBe("95 s");
});

test("at its end the time apart may be any", async () => {
  openApp(services, `${LINK}&method=fixes`);
  const time = await slider("Time apart");
  fireEvent.change(time, { target: { value: time.max } });
  await waitFor(() => expect(window.location.search).toBe(`${LINK}&method=fixes&window=any`));
  expect(time.getAttribute("aria-valuetext")).toBe("any time");
});

test("how many meetings there are within 2, 5, 10 and 25 m is told after the list, and each is a click away", async () => {
  const user = openApp(services, LINK);
  const last = await screen.findByRole("button", { name: /^25 m 2\s*meetings$/ });
  const counted = services.requestsOf("/contacts").map(({ searchParams }) => searchParams.get("distance"));
  expect([...new Set(counted)].sort()).toEqual(["10", "2", "25"]); // those of 5 m are counted from the list
  const order = services.requests.map(({ pathname }) => pathname.split("/").at(-1));
  expect(order.indexOf("contacts")).toBeGreaterThan(order.indexOf("encounters"));
  await user.click(last);
  expect(window.location.search).toBe(`${LINK}&distance=25`);
});

test("length, and by fixes the way between fixes and possible meetings are asked for once they are set, and the summary says so", async () => {
  const user = openApp(services, LINK);
  await user.click(await screen.findByText("any length"));
  fireEvent.change(await slider("Lasting"), { target: { value: "5" } });
  await waitFor(() => expect(window.location.search).toBe(`${LINK}&min=5`));
  expect(screen.queryByRole("switch", { name: "Fill in between fixes" })).toBeNull();
  await user.click(screen.getByRole("switch", { name: "Not only at the same time" }));
  await user.click(screen.getByRole("switch", { name: "Fill in between fixes" }));
  await user.click(screen.getByRole("switch", { name: "Include possible meetings" }));
  expect(window.location.search).toBe(`${LINK}&min=5&method=fixes&interpolate=true&possible=true`);
  expect(screen.getByText("5 min or longer, not only at the same time, between fixes, possible ones")).toBeTruthy();
  await waitFor(() => expect(askedLast()?.get("include_possible")).toBe("true"));
  expect(askedLast()?.get("interpolate")).toBe("true");
  expect(askedLast()?.get("method")).toBe("fixes");
  expect(askedLast()?.has("min_probability")).toBe(false);
  expect(askedLast()?.get("min_duration")).toBe("300");
});

test("everything is looked up when it is asked for, not before", async () => {
  const user = openApp(services, LINK);
  await screen.findAllByRole("button", { name: /Bob Noyce/ });
  expect(services.requestsOf("/locations")).toEqual([]);
  await user.click(screen.getByRole("button", { name: "Everything" }));
  await waitFor(() => expect(window.location.search).toMatch(/from=2026-03-02&to=2026-03-0[34]/));
});
