import type { Polygon } from "geojson";
import { expect, test } from "vitest";
import { fix, meeting, person } from "../api/fakeServices";
import { continuous, unwrap } from "./antimeridian";
import { atLeast, boxAround } from "./bounds";
import { closestMoment, evidenceSpan } from "./evidence";
import { graticule } from "./graticule";
import { trackLine } from "./trackLine";

test("a box around nothing is none", () => {
  expect(boxAround([])).toBeNull();
});

test("a box across the antimeridian is the small one", () => {
  expect(
    boxAround([
      [179.5, 1],
      [-179.5, 2],
    ]),
  ).toEqual([179.5, 1, 180.5, 2]);
});

test("a box is grown to a least size, as wide as it is high on the ground", () => {
  const [west, south, east, north] = atLeast([10, 60, 10, 60], 100);
  expect(north - south).toBeCloseTo(200 / 111_320, 9);
  expect(east - west).toBeCloseTo((2 * 200) / 111_320, 6);
});

test("a way goes on beyond 180°", () => {
  const way = [179, -179, -178, 179].map((longitude) => [longitude, 0]);
  expect(continuous(way).map(([longitude]) => longitude)).toEqual([179, 181, 182, 179]);
});

test("a ring around a pole is closed along the map's edge", () => {
  const ring = [-180, -90, 0, 90, 180].map((longitude) => [longitude, -70]);
  const shape = { type: "Feature" as const, properties: {}, geometry: { type: "Polygon" as const, coordinates: [ring] } };
  const [unwrapped] = unwrap({ type: "FeatureCollection", features: [shape] }).features;
  const coordinates = (unwrapped?.geometry as Polygon).coordinates[0];
  expect(coordinates?.slice(-3)).toEqual([
    [180, -90],
    [-180, -90],
    [-180, -70],
  ]);
});

test("a long track is drawn in pieces that hang together", () => {
  const features = Array.from({ length: 2501 }, (_, index) => ({
    type: "Feature" as const,
    properties: {},
    geometry: { type: "Point" as const, coordinates: [index / 100, 0] },
  }));
  const lines = trackLine({ type: "FeatureCollection", features }).features.map(({ geometry }) => geometry.coordinates);
  expect(lines.map((line) => line.length)).toEqual([1001, 1001, 501]);
  expect(lines[1]?.[0]).toEqual(lines[0]?.at(-1));
  expect(trackLine({ type: "FeatureCollection", features: features.slice(0, 1) }).features).toEqual([]);
});

test.each([
  [[-180, -80, 180, 80], "45° E"],
  [[8, 50, 9, 51], "8.2° E"],
  [[8.65, 50.11, 8.651, 50.111], "8.6502° E"],
  [[-0.3, -0.3, 0.3, 0.3], "0.1° W"],
] as const)("the graticule of %j has a line at %s", (box, text) => {
  const { lines, labels } = graticule([...box]);
  expect(labels.map(({ properties }) => properties.text)).toContain(text);
  expect(lines.length).toBeGreaterThan(4);
  expect(lines.length).toBeLessThan(40);
});

const BOB = person(2, "Bob Noyce");

test("the evidence reaches as far around a meeting as two fixes of it may be apart, within reason", () => {
  const met = meeting(BOB, "2026-03-02T10:00:00Z", { minutes: 1 });
  const span = (timeWindow: string) => evidenceSpan(met, 1, { timeWindow }).start;
  expect(span("600")).toBe("2026-03-02T09:50:00.000Z");
  expect(span("0.4")).toBe("2026-03-02T09:59:00.000Z");
  expect(span("any")).toBe("2026-03-02T09:45:00.000Z");
});

test("the closest moment pairs the other's fix with the own one that was nearest in space, within the window", () => {
  const met = meeting(BOB, "2026-03-02T10:05:00Z");
  const other = [fix(2, "2026-03-02T10:04:00Z", 8.66), fix(2, "2026-03-02T10:05:00Z", 8.65)];
  const own = [
    fix(1, "2026-03-02T09:00:00Z", 8.65), // nearest, but an hour before
    fix(1, "2026-03-02T10:01:00Z", 8.65001),
    fix(1, "2026-03-02T10:05:00Z", 8.7),
  ];
  const closest = closestMoment(met, own, other, "600");
  expect(closest).toEqual({ own: [8.65001, 50.11], other: [8.65, 50.11], gap_s: 240 });
  expect(closestMoment(met, [], other, "600")).toBeNull();
  expect(closestMoment(met, own, [], "600")).toBeNull();
});

test("two who stand on both sides of the antimeridian are near each other", () => {
  const met = { ...meeting(BOB, "2026-03-02T10:00:00Z"), place: { latitude: 50.11, longitude: 180 } };
  const own = [fix(1, "2026-03-02T10:00:00Z", 179), fix(1, "2026-03-02T10:00:10Z", 179.99999)];
  const other = [fix(2, "2026-03-02T10:00:00Z", -179.99999)];
  expect(closestMoment(met, own, other, "600")?.own[0]).toBeCloseTo(179.99999, 9);
});
