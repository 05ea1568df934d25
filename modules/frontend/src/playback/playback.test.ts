import { expect, test, vi } from "vitest";
import { fix, meeting, person } from "../api/fakeServices";
import { distancesOver, metresApart, metresBetween } from "../geo/apart";
import { evidenceOf } from "../geo/evidence";
import { passageOf, positionAt, trailOf } from "../geo/passage";
import { CHART, ceilingOf, pathOf } from "./chart";
import { Playback } from "./Playback";

const TEN = Date.parse("2026-03-02T10:00:00Z");
const MINUTE = 60_000;
const at = (seconds: number, longitude = 8.65) => fix(1, new Date(TEN + seconds * 1000).toISOString(), longitude, 50);

test("between two fixes one goes evenly; where there are none nobody knows", () => {
  const passage = passageOf([at(0, 8), at(10, 9), at(500, 10)], 8, MINUTE);
  expect(positionAt(passage, TEN)).toEqual([8, 50]);
  expect(positionAt(passage, TEN + 2_500)).toEqual([8.25, 50]);
  expect(positionAt(passage, TEN + 30_000)).toBeNull(); // too long a step
  expect(positionAt(passage, TEN + 500_000)).toEqual([10, 50]);
  expect(positionAt(passage, TEN - 1)).toBeNull();
  expect(positionAt(passage, TEN + 500_001)).toBeNull();
  expect(positionAt(passageOf([], 8, MINUTE), TEN)).toBeNull();
});

test("a passage across the antimeridian goes the short way", () => {
  const passage = passageOf([at(0, 179.5), at(10, -179.5)], -179.9, MINUTE);
  expect(positionAt(passage, TEN + 5_000)).toEqual([-180, 50]);
});

test("the trail ends where one is, and begins at the moment asked for", () => {
  const passage = passageOf([at(0, 8), at(10, 9), at(20, 10)], 8, MINUTE);
  expect(trailOf(passage, TEN + 5_000, TEN + 15_000).map(([longitude]) => longitude)).toEqual([8.5, 9, 9.5]);
  expect(trailOf(passage, TEN - 5_000, TEN + 5_000).map(([longitude]) => longitude)).toEqual([8, 8.5]);
  expect(trailOf(passage, TEN, TEN + 30_000)).toEqual([]);
});

test.each([
  ["a degree of latitude at the equator", [0, -0.5], [0, 0.5], 110_574.3],
  ["a degree of longitude at the equator", [0, 0], [1, 0], 111_319.5],
  ["a thousandth of a degree of longitude at 60°", [10, 60], [10.001, 60], 55.8],
])("%s has its metres", (_, from, to, metres) => {
  expect(metresBetween(from, to)).toBeCloseTo(metres, 0);
});

test("distances are known where both are", () => {
  const own = passageOf([at(0, 8.65), at(60, 8.65)], 8.65, MINUTE);
  const other = passageOf([at(30, 8.651), at(60, 8.65)], 8.65, MINUTE);
  expect(metresApart(own, other, TEN)).toBeNull();
  const distances = distancesOver(own, other, TEN, TEN + MINUTE, 5).map(({ metres }) => metres && Math.round(metres));
  expect(distances).toEqual([null, null, 72, 36, 0]);
});

test("the chart breaks where the distance is not known, and lets what is far run out at the top", () => {
  const distances = [4, null, 0, 100].map((metres, time) => ({ time, metres }));
  const ceiling = ceilingOf(distances, 5, { start: 0, end: 2 });
  expect(ceiling).toBe(10);
  expect(pathOf(distances, ceiling)).toBe(`M0.0 60.0M666.7 100.0L${CHART.width}.0 -100.0`);
  expect(ceilingOf(distances, 5, { start: 0, end: 3 })).toBe(30);
});

test("what is worth watching is the meeting, and some time before and after", () => {
  const met = meeting(person(2, "Bob Noyce"), "2026-03-02T10:00:00Z", { minutes: 10 });
  const lead = (timeWindow: string) => TEN - evidenceOf(met, [], [], timeWindow).stretch.start;
  expect(lead("600")).toBe(5 * MINUTE);
  expect(lead("90")).toBe(1.5 * MINUTE);
});

test("playing goes on to the end, rests there, and begins anew", () => {
  const playback = new Playback(TEN, TEN + 10 * MINUTE, TEN + 5 * MINUTE);
  expect(playback.speed).toBe(30); // ten minutes in twenty seconds
  const seen = vi.fn();
  const leave = playback.subscribe(seen);
  playback.advance(1000);
  expect(playback.time).toBe(TEN + 5 * MINUTE);
  expect(seen).not.toHaveBeenCalled();

  playback.toggle();
  playback.advance(1000);
  expect(playback.time).toBe(TEN + 5.5 * MINUTE);
  playback.setSpeed(300);
  playback.advance(1000);
  expect(playback.time).toBe(TEN + 10 * MINUTE);
  expect(playback.isPlaying).toBe(false);
  playback.play();
  expect(playback.time).toBe(TEN);

  leave();
  seen.mockClear();
  playback.pause();
  expect(seen).not.toHaveBeenCalled();
});

test("the play head stays within the stretch, and where it is when that grows", () => {
  const playback = new Playback(TEN, TEN + MINUTE, TEN - 1);
  expect(playback.time).toBe(TEN);
  playback.seek(TEN + 2 * MINUTE);
  expect(playback.time).toBe(TEN + MINUTE);
  playback.cover(TEN - MINUTE, TEN + 5 * MINUTE);
  expect([playback.time, playback.start, playback.end]).toEqual([TEN + MINUTE, TEN - MINUTE, TEN + 5 * MINUTE]);
});
