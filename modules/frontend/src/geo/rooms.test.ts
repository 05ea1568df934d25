import type { Feature, FeatureCollection } from "geojson";
import { expect, test } from "vitest";
import { roomAt } from "./rooms";

function area(name: string, west: number, south: number, size: number): Feature {
  const [east, north] = [west + size, south + size];
  const ring = [[west, south], [east, south], [east, north], [west, north], [west, south]];
  return { type: "Feature", properties: { name }, geometry: { type: "Polygon", coordinates: [ring] } };
}

const PLAN: FeatureCollection = { type: "FeatureCollection", features: [area("Hall", 0, 0, 10), area("Booth 7", 2, 2, 1)] };

test.each([
  [[5, 5], "Hall"],
  [[2.5, 2.5], "Booth 7"],
  [[11, 5], null],
  [[-1, 2.5], null],
])("at %j one is in %s", (place, room) => {
  expect(roomAt(PLAN, place)).toBe(room);
});
