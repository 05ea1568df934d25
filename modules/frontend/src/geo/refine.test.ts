import { expect, test } from "vitest";
import { refine, stretchesIn, type Track } from "./refine";

const START = Date.parse("2026-03-02T00:00:00Z");
const timeAt = (second: number) => new Date(START + second * 1000).toISOString();

/** A way to the east: at second s, at longitude s/1000. */
function track(seconds: readonly number[]): Track {
  return {
    type: "FeatureCollection",
    features: seconds.map((second) => ({
      type: "Feature",
      properties: { creation_time: timeAt(second) },
      geometry: { type: "Point", coordinates: [second / 1000, 0] },
    })),
  };
}

const seconds = (count: number) => Array.from({ length: count }, (_, index) => index);
const timesOf = ({ features }: Track) => features.map(({ properties }) => (Date.parse(properties.creation_time) - START) / 1000);

test("what is looked at from near is a stretch, with the ways in and out, at a round number of points", () => {
  const way = track(seconds(10_000));
  expect(stretchesIn(way, [2.05, -1, 2.15, 1])).toEqual([{ start: timeAt(2000), end: timeAt(2200) }]);
  expect(stretchesIn(way, [2.06, -1, 2.14, 1])).toEqual([{ start: timeAt(2000), end: timeAt(2200) }]);
  expect(stretchesIn(way, [-1, -1, 0.05, 1])).toEqual([{ start: timeAt(0), end: timeAt(100) }]);
});

test("nothing is asked for anew where nothing or nearly all is in view", () => {
  const way = track(seconds(10_000));
  expect(stretchesIn(way, [20, -1, 30, 1])).toEqual([]);
  expect(stretchesIn(way, [0, -1, 9, 1])).toEqual([]);
});

test("a way that comes by often is asked for in a few stretches, not in many", () => {
  const backAndForth = track(seconds(10_000));
  backAndForth.features.forEach(({ geometry }, index) => {
    geometry.coordinates = [Math.abs((index % 1000) - 500), 0];
  });
  const stretches = stretchesIn(backAndForth, [0, -1, 1, 1]);
  expect(stretches.length).toBeLessThanOrEqual(4);
});

test("finer stretches take the place of the coarse ones, in the order of time", () => {
  const coarse = track([0, 10, 20, 30, 40, 50]);
  const fine = [track([10, 12, 14, 20]), track([40, 45, 50])];
  expect(timesOf(refine(coarse, fine))).toEqual([0, 10, 12, 14, 20, 30, 40, 45, 50]);
  expect(timesOf(refine(coarse, []))).toEqual([0, 10, 20, 30, 40, 50]);
});

test("a track across the antimeridian is found on either side of the map", () => {
  const way = track(seconds(1000));
  way.features.forEach(({ geometry }, index) => (geometry.coordinates = [index < 100 ? 179.9 : -100, 0]));
  expect(stretchesIn(way, [-180.5, -1, -179.5, 1])).toHaveLength(1);
});
