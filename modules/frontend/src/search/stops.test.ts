import { expect, test } from "vitest";
import { DISTANCES, MINIMUM_MINUTES, nearestStop, TIME_WINDOWS } from "./stops";

test.each([
  ["5", "5"],
  ["7.1", "8"], // by ratio, not by difference
  ["0.1", "1"],
  ["1000", "100"],
  ["-2", "1"],
  ["far", "1"],
])("a distance of %s puts the slider at %s", (value, stop) => {
  expect(DISTANCES[nearestStop(DISTANCES, value)]?.value).toBe(stop);
});

test("any time and any length have places of their own", () => {
  expect(nearestStop(TIME_WINDOWS, "any")).toBe(TIME_WINDOWS.length - 1);
  expect(nearestStop(TIME_WINDOWS, "90000")).toBe(TIME_WINDOWS.length - 2);
  expect(nearestStop(MINIMUM_MINUTES, "0")).toBe(0);
});

test("stops grow by a like ratio, so that the scale is one of logarithms", () => {
  for (const stops of [DISTANCES, TIME_WINDOWS.slice(0, -1)]) {
    stops.slice(1).forEach(({ value }, index) => {
      const ratio = Number(value) / Number(stops[index]?.value);
      expect(ratio).toBeGreaterThan(1.19);
      expect(ratio).toBeLessThanOrEqual(2);
    });
  }
});
