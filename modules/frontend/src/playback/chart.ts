import type { Apart } from "../geo/apart";

/** The chart's own units; it is stretched to the room there is. */
export const CHART = { width: 1000, height: 100 } as const;

const LEAST_CEILING_M = 2;

/** The greatest distance that the chart shows: all of the meeting, and enough beyond it to see them come and go. */
export function ceilingOf(distances: readonly Apart[], limit: number | null, during: { start: number; end: number }): number {
  const most = distances
    .filter(({ time }) => during.start <= time && time <= during.end)
    .reduce((greatest, { metres }) => Math.max(greatest, metres ?? 0), 0);
  if (limit === null) return Math.max(most * 2, LEAST_CEILING_M);
  return Math.min(Math.max(most * 1.15, limit * 2), limit * 6);
}

/** Standard errors that 95 % of the distances are within. */
const NEARLY_CERTAIN = 1.96;

/** Where the distance most likely was, as an SVG path around it, in as many parts as it is known in. */
export function bandOf(distances: readonly Apart[], ceiling: number): string {
  const last = Math.max(1, distances.length - 1);
  const parts: { above: string[]; below: string[] }[] = [];
  let isKnown = false;
  distances.forEach(({ metres, error }, index) => {
    const wasKnown = isKnown;
    isKnown = metres !== null && error !== null;
    if (metres === null || error === null) return;
    if (!wasKnown) parts.push({ above: [], below: [] });
    const x = ((index / last) * CHART.width).toFixed(1);
    const y = (value: number) => (CHART.height * (1 - Math.min(Math.max(value, 0) / ceiling, 2))).toFixed(1);
    parts.at(-1)?.above.push(`${x} ${y(metres + NEARLY_CERTAIN * error)}`);
    parts.at(-1)?.below.push(`${x} ${y(metres - NEARLY_CERTAIN * error)}`);
  });
  return parts.map(({ above, below }) => `M${[...above, ...below.reverse()].join("L")}Z`).join("");
}

/** The distances as an SVG path, broken where they are not known; what is beyond the ceiling runs out at the top. */
export function pathOf(distances: readonly Apart[], ceiling: number): string {
  const last = Math.max(1, distances.length - 1);
  let pen = "M";
  return distances
    .map(({ metres }, index) => {
      if (metres === null) {
        pen = "M";
        return "";
      }
      const x = ((index / last) * CHART.width).toFixed(1);
      const y = (CHART.height * (1 - Math.min(metres / ceiling, 2))).toFixed(1);
      const step = `${pen}${x} ${y}`;
      pen = "L";
      return step;
    })
    .join("");
}
