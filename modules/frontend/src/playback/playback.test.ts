import { expect, test, vi } from "vitest";
import { fix, group, meeting, person } from "../api/fakeServices";
import type { WayPiece } from "../api/tracks";
import { distancesOver, errorApart, metresApart, metresBetween, widestApart } from "../geo/apart";
import { evidenceOf, groupEvidence } from "../geo/evidence";
import { errorAt, estimatedPassage, linesOf, passageOf, positionAt, trailOf } from "../geo/passage";
import { bandOf, CHART, ceilingOf, pathOf } from "./chart";
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
  const distances = distancesOver([own, other], TEN, TEN + MINUTE, 5).map(({ metres }) => metres && Math.round(metres));
  expect(distances).toEqual([null, null, 72, 36, 0]);
});

test("the chart breaks where the distance is not known, and lets what is far run out at the top", () => {
  const distances = [4, null, 0, 100].map((metres, time) => ({ time, metres, error: null }));
  const ceiling = ceilingOf(distances, 5, { start: 0, end: 2 });
  expect(ceiling).toBe(10);
  expect(pathOf(distances, ceiling)).toBe(`M0.0 60.0M666.7 100.0L${CHART.width}.0 -100.0`);
  expect(ceilingOf(distances, 5, { start: 0, end: 3 })).toBe(30);
});

const NOTHING = { fixes: [], way: null };

/** Seconds, and metres to the east; each end is so sure. */
function piece([start, end]: [number, number], [from, to]: [number, number], sd_m: number): WayPiece {
  const instant = (seconds: number) => new Date(TEN + seconds * 1000).toISOString();
  const place = (metres: number) => ({ latitude: 0, longitude: metres / 111_319.5, sd_m });
  return { started_at: instant(start), ended_at: instant(end), start: place(from), end: place(to), middle_sd_m: 2 * sd_m, is_stay: from === to };
}

test("an estimated way is as sure as its pieces say, and nobody knows what is between two that do not meet", () => {
  const passage = estimatedPassage([piece([0, 10], [0, 10], 1), piece([10, 20], [10, 10], 1), piece([50, 60], [40, 50], 3)], 0);
  const east = (seconds: number) => (positionAt(passage, TEN + seconds * 1000)?.[0] ?? NaN) * 111_319.5;
  expect([0, 5, 10, 15, 55].map(east).map(Math.round)).toEqual([0, 5, 10, 10, 45]);
  expect(positionAt(passage, TEN + 30_000)).toBeNull();
  expect([0, 2.5, 5, 10, 50, 55].map((seconds) => errorAt(passage, TEN + seconds * 1000))).toEqual([1, 1.5, 2, 1, 3, 6]);
  expect(errorAt(passage, TEN + 30_000)).toBeNull();
  expect(linesOf(passage).map((line) => line.length)).toEqual([5, 3]);
});

test("a group is as wide as the two are apart who are furthest from each other, and narrowest at one moment", () => {
  const member = (...metres: [number, number]) => [piece([0, 60], metres, 3)];
  const together = group([1, 2, 3].map((id) => person(id, "A Member")), new Date(TEN).toISOString(), 1);
  const told = [member(0, 0), member(2, 2), member(-10, 8)].map((way) => ({ whose: "other" as const, fixes: [], way }));
  const evidence = groupEvidence(together, told, "600");
  const passages = evidence.witnesses.map(({ passage }) => passage);
  const widths = distancesOver(passages, TEN, TEN + MINUTE, 4).map(({ metres }) => metres && Math.round(metres));
  expect(widths).toEqual([12, 6, 2, 8]);
  expect(evidence.closest?.metres).toBeCloseTo(2, 1);
  expect(widestApart([...passages, estimatedPassage([], 0)], TEN).metres).toBeNull(); // one of them may have been anywhere
});

test("two who are both estimated are apart give or take the errors of both, and the chart shows a band", () => {
  const own = estimatedPassage([piece([0, 60], [0, 0], 3)], 0);
  const other = estimatedPassage([piece([0, 30], [10, 10], 4)], 0);
  expect(errorApart(own, other, TEN)).toBe(5);
  expect(errorApart(own, other, TEN + 45_000)).toBeNull();
  const distances = distancesOver([own, other], TEN, TEN + MINUTE, 3);
  expect(distances.map(({ metres }) => metres && Math.round(metres))).toEqual([10, 10, null]);
  expect(bandOf(distances, 20)).toBe("M0.0 1.0L500.0 -20.7L500.0 100.0L0.0 99.0Z");
  expect(bandOf([{ time: 0, metres: 10, error: null }], 20)).toBe("");
});

test("what is worth watching is the meeting, and some time before and after", () => {
  const met = meeting(person(2, "Bob Noyce"), "2026-03-02T10:00:00Z", { minutes: 10 });
  const lead = (timeWindow: string) => TEN - evidenceOf(met, NOTHING, NOTHING, timeWindow).stretch.start;
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
