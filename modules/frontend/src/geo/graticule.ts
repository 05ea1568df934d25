import type { Feature, LineString, Point } from "geojson";
import type { Box } from "./bounds";

export interface Graticule {
  lines: Feature<LineString>[];
  labels: Feature<Point, { text: string; axis: "latitude" | "longitude" }>[];
}

const LINES_ACROSS = 5;
const STEPS = [45, 30, 15, 10, 5, 2, 1];

/** Meridians and parallels through a box at a step that suits its size, labelled along its left and upper edge. */
export function graticule(box: Box): Graticule {
  const [west, south, east, north] = box;
  const step = stepFor(Math.max(east - west, 1e-9) / LINES_ACROSS);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const lines: Graticule["lines"] = [];
  const labels: Graticule["labels"] = [];
  for (const longitude of multiples(step, west, east)) {
    lines.push(line([longitude, Math.max(south, -90)], [longitude, Math.min(north, 90)]));
    const text = degrees(wrap(longitude), decimals, "E", "W");
    labels.push(label(longitude, Math.min(north, 85), text, "longitude"));
  }
  for (const latitude of multiples(step, Math.max(south, -85), Math.min(north, 85))) {
    lines.push(line([west, latitude], [east, latitude]));
    labels.push(label(west, latitude, degrees(latitude, decimals, "N", "S"), "latitude"));
  }
  return { lines, labels };
}

/** The largest round step that is not above `degreesApart`: 45 … 1, then 0.5, 0.2, 0.1 and so on. */
function stepFor(degreesApart: number): number {
  const whole = STEPS.find((step) => step <= degreesApart);
  if (whole !== undefined) return whole;
  const power = 10 ** Math.floor(Math.log10(degreesApart));
  return ([5, 2, 1].find((factor) => factor * power <= degreesApart) ?? 1) * power;
}

function multiples(step: number, from: number, to: number): number[] {
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, index) => (first + index) * step);
}

function wrap(longitude: number): number {
  return ((((longitude + 180) % 360) + 360) % 360) - 180;
}

function degrees(value: number, decimals: number, positive: string, negative: string): string {
  const text = Math.abs(value).toFixed(decimals);
  return Number(text) === 0 ? "0°" : `${text}° ${value > 0 ? positive : negative}`;
}

function line(from: [number, number], to: [number, number]): Feature<LineString> {
  return { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: [from, to] } };
}

function label(longitude: number, latitude: number, text: string, axis: "latitude" | "longitude") {
  return {
    type: "Feature" as const,
    properties: { text, axis },
    geometry: { type: "Point" as const, coordinates: [longitude, latitude] },
  };
}
