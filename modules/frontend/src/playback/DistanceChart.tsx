import { memo, useId } from "react";
import type { Apart } from "../geo/apart";
import { bandOf, CHART, pathOf } from "./chart";

/**
 * The distance over time as a line, coloured where it is within the limit, or without one while the meeting lasted, in a band of
 * what else it may have been. The readout beside it says the same.
 */
export const DistanceChart = memo(function DistanceChart({
  distances,
  limit,
  ceiling,
  during,
}: {
  distances: readonly Apart[];
  limit: number | null;
  ceiling: number;
  /** When the meeting lasted, as parts of the width. */
  during: { start: number; end: number };
}) {
  const id = useId();
  const path = pathOf(distances, ceiling);
  const level = limit === null ? 0 : CHART.height * (1 - limit / ceiling);
  const lasted = { x: during.start * CHART.width, width: Math.max(2, (during.end - during.start) * CHART.width) };
  const inside = limit === null ? lasted : { x: 0, width: CHART.width };
  return (
    <svg viewBox={`0 0 ${CHART.width} ${CHART.height}`} preserveAspectRatio="none" aria-hidden="true">
      <clipPath id={id}>
        <rect {...inside} y={level} height={CHART.height - level} />
      </clipPath>
      <rect
        className="chart-during"
        {...lasted}
        height={CHART.height}
      />
      <path className="chart-band" d={bandOf(distances, ceiling)} />
      {limit !== null && <line className="chart-limit" x2={CHART.width} y1={level} y2={level} />}
      <path className="chart-line" d={path} />
      <path className="chart-line chart-line-near" d={path} clipPath={`url(#${id})`} />
    </svg>
  );
});
