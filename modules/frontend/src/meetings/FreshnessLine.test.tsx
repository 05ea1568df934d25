import { act, screen, waitFor } from "@testing-library/react";
import { focusManager } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeServices, meeting, person } from "../api/fakeServices";
import { openApp } from "../app/openApp";
import { formatExactClock } from "../time/format";

vi.mock("../map/Stage", () => ({ default: () => <p>Map</p> }));

const NOW = Date.parse("2026-03-02T12:00:00Z");
const TODAY = "?person=1&from=2026-03-02&to=2026-03-02&zone=UTC";
const BOB = person(2, "Bob Noyce");

let services: FakeServices;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, shouldAdvanceTime: true });
  services = new FakeServices({
    persons: [person(1, "Ada Byron"), BOB],
    meetings: [meeting(BOB, "2026-03-02T10:00:00Z")],
  });
});

afterEach(() => {
  focusManager.setFocused(undefined);
  vi.useRealTimers();
});

test.each([
  [`newest=@${NOW / 1000 - 60}, lag=0, as_of=@${NOW / 1000}`, `Complete up to ${formatExactClock(NOW)}`],
  [`lag=1204, as_of=@${NOW / 1000}`, "1,204 records behind: more is on the way"],
  [`lag=0, as_of=@${NOW / 1000 - 300}`, `not been heard of since ${formatExactClock(NOW - 300_000)}`],
])("%s is said in words", async (freshness, words) => {
  services.freshness = freshness;
  services.answeredAt = NOW;
  openApp(services, TODAY);
  await screen.findByText(words, { exact: false });
});

test("services that do not say so leave it at when they were asked", async () => {
  openApp(services, TODAY);
  await screen.findByText(/^As of \d\d:\d\d:\d\d$/);
});

const asked = () => services.requestsOf("/encounters").length;

test("today's meetings are looked up again by themselves, but not while the page is hidden", async () => {
  openApp(services, TODAY);
  await screen.findByRole("button", { name: /Bob Noyce/ });
  await act(() => vi.advanceTimersByTimeAsync(16_000));
  const seen = asked();
  expect(seen).toBeGreaterThan(1);
  act(() => focusManager.setFocused(false));
  await act(() => vi.advanceTimersByTimeAsync(60_000));
  expect(asked()).toBe(seen);
  act(() => focusManager.setFocused(true));
  await act(() => vi.advanceTimersByTimeAsync(1_000));
  expect(asked()).toBeGreaterThan(seen);
});

test("the meetings of days gone by are not looked up again", async () => {
  openApp(services, "?person=1&from=2026-02-01&to=2026-02-02&zone=UTC");
  await screen.findByRole("button", { name: /Bob Noyce/ });
  await act(() => vi.advanceTimersByTimeAsync(60_000));
  expect(asked()).toBe(1);
});

test("one meeting more costs one more row: those that are there stay as they are", async () => {
  for (let minute = 0; minute < 50; minute += 1) {
    services.meetings.push(meeting(BOB, new Date(NOW - (100 - minute) * 60_000).toISOString(), { minutes: 0.5 }));
  }
  openApp(services, TODAY);
  await waitFor(() => expect(document.querySelectorAll(".meeting")).toHaveLength(51));
  const added: Node[] = [];
  const watch = new MutationObserver((changes) => changes.forEach((change) => added.push(...change.addedNodes)));
  watch.observe(document.body, { childList: true, subtree: true });
  services.meetings.push(meeting(BOB, "2026-03-02T11:55:00Z"));
  await act(() => vi.advanceTimersByTimeAsync(16_000));
  await screen.findByText("52 meetings with 1 person");
  const rows = added.flatMap((node) => (node instanceof Element ? [...node.querySelectorAll(".row")] : []));
  expect(rows).toHaveLength(1);
});
