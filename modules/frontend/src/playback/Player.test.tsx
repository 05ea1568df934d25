import { act, render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { fix, group, meeting, person } from "../api/fakeServices";
import { evidenceOf, groupEvidence } from "../geo/evidence";
import { Playback } from "./Playback";
import { Player } from "./Player";

const TEN = Date.parse("2026-03-02T10:00:00Z");
const MINUTE = 60_000;

afterEach(() => vi.useRealTimers());

/** Both stand, and the other comes nearer by the minute. */
function open(onRest: (time: number) => void = () => undefined) {
  const minutes = Array.from({ length: 21 }, (_, index) => new Date(TEN + (index - 5) * MINUTE).toISOString());
  const own = minutes.map((time) => fix(1, time, 8.65, 0));
  const other = minutes.map((time, index) => fix(2, time, 8.65 + (21 - index) / 111_319.5, 0));
  const met = { ...meeting(person(2, "Bob Noyce"), "2026-03-02T10:00:00Z"), closest_at: "2026-03-02T10:05:00Z" };
  const evidence = evidenceOf(met, { fixes: own, way: null }, { fixes: other, way: null }, "600");
  const playback = new Playback(evidence.stretch.start, evidence.stretch.end, Date.parse(met.closest_at));
  render(<Player evidence={evidence} playback={playback} limit={5} onRest={onRest} />);
  return { playback, slider: screen.getByRole<HTMLInputElement>("slider", { name: "Moment of the meeting" }) };
}

test("it begins at the closest moment, and says in words what the chart shows", () => {
  const { slider } = open();
  expect(slider.getAttribute("aria-valuetext")).toMatch(/:05:00, 11 m apart$/);
  expect(screen.getByRole("button", { name: /1.8 m at .*:05:00 Closest/ })).toBeTruthy();
});

test("less motion: it plays a second at a time, and rests when paused", () => {
  vi.useFakeTimers();
  const onRest = vi.fn();
  const { slider, playback } = open(onRest);
  act(() => screen.getByRole("button", { name: "Play" }).click());
  act(() => void vi.advanceTimersByTime(2000));
  expect(playback.time).toBe(TEN + 5 * MINUTE + 2 * playback.speed * 1000);
  expect(slider.getAttribute("aria-valuetext")).toMatch(/:07:00, 9.0 m apart$/);
  expect(onRest).not.toHaveBeenCalled();
  act(() => screen.getByRole("button", { name: "Pause" }).click());
  act(() => void vi.advanceTimersByTime(5000));
  expect(onRest.mock.calls).toEqual([[TEN + 7 * MINUTE]]);
});

test("the keyboard plays and pauses on the slider, and goes to the closest moment", async () => {
  const user = userEvent.setup();
  const { slider, playback } = open();
  act(() => slider.focus());
  await user.keyboard(" ");
  expect(playback.isPlaying).toBe(true);
  await user.keyboard(" ");
  expect(playback.isPlaying).toBe(false);
  act(() => playback.seek(TEN));
  await user.click(screen.getByRole("button", { name: /Closest/ }));
  expect(playback.time).toBe(TEN + 5 * MINUTE);
});

test("of a group it says within how far all of them were, and where none is set shows no limit", () => {
  const together = group([1, 2, 3].map((id) => person(id, "A Member")), "2026-03-02T10:00:00Z");
  const [started_at, ended_at] = [TEN - MINUTE, TEN + 6 * MINUTE].map((time) => new Date(time).toISOString()) as [string, string];
  const told = [0, 2, 5].map((metres) => {
    const place = { latitude: 0, longitude: 8.65 + metres / 111_319.5, sd_m: 3 };
    const way = [{ started_at, ended_at, start: place, end: place, middle_sd_m: 3, is_stay: true }];
    return { whose: "other" as const, fixes: [], way };
  });
  const evidence = groupEvidence(together, told, "600");
  const playback = new Playback(evidence.stretch.start, evidence.stretch.end, TEN + MINUTE);
  render(<Player evidence={evidence} playback={playback} limit={null} onRest={() => undefined} />);
  const slider = screen.getByRole("slider", { name: "Moment of the meeting" });
  expect(slider.getAttribute("aria-valuetext")).toMatch(/:01:00, 5.0 m apart at most, give or take 4.2 m$/);
  expect(screen.getByText("Within 5.0 m")).toBeTruthy();
  expect(screen.getByRole("button", { name: /5.0 m at .* Closest together/ })).toBeTruthy();
  expect(document.querySelector(".chart-limit")).toBeNull();
});
