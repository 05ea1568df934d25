import { useEffect, useEffectEvent, useMemo, type KeyboardEvent } from "react";
import type { Evidence } from "../geo/evidence";
import { distancesOver, widestApart, type Apart } from "../geo/apart";
import { formatClock, formatDuration, formatExactClock, formatMetres } from "../time/format";
import { PauseIcon, PlayIcon } from "../ui/icons";
import { ceilingOf } from "./chart";
import { DistanceChart } from "./DistanceChart";
import { SPEEDS, type Playback } from "./Playback";
import { useClock, useIsPlaying, useSpeed, useTime } from "./usePlayback";

const MOMENTS = 400;
const SECOND_MS = 1000;
const PAUSE_BEFORE_KEEPING_MS = 400;
const SAME_MOMENT_S = 1;

/** A meeting or group played: how far apart they were over time, which is also the slider that moves them on the map. */
export function Player({
  evidence,
  playback,
  limit,
  onRest,
}: {
  evidence: Evidence;
  playback: Playback;
  /** Within how many metres they count as together, if that is known. */
  limit: number | null;
  /** The play head has come to rest at this moment (ms). */
  onRest: (time: number) => void;
}) {
  const { occasion, witnesses, closest } = evidence;
  const { start, end } = playback;
  const isPlaying = useIsPlaying(playback);
  useClock(playback);

  const distances = useMemo(() => distancesOver(witnesses.map(({ passage }) => passage), start, end, MOMENTS), [witnesses, start, end]);
  const span = { start: Date.parse(occasion.started_at), end: Date.parse(occasion.ended_at) };
  const ceiling = ceilingOf(distances, limit, span);
  const partOf = (time: number) => (time - start) / (end - start);
  const during = useMemo(
    () => ({ start: (span.start - start) / (end - start), end: (span.end - start) / (end - start) }),
    [span.start, span.end, start, end],
  );

  return (
    <div className="player">
      <div className="chart">
        <DistanceChart distances={distances} limit={limit} ceiling={ceiling} during={during} />
        {closest && <Mark className="chart-closest" x={partOf(closest.time)} y={closest.metres / ceiling} />}
        {limit !== null && (
          <span className="chart-level" style={{ bottom: `${(100 * limit) / ceiling}%` }} aria-hidden="true">
            {limit} m
          </span>
        )}
        <PlayHead evidence={evidence} playback={playback} ceiling={ceiling} />
      </div>
      <div className="chart-axis" aria-hidden="true">
        <span>{formatClock(start)}</span>
        <span>{formatClock(end)}</span>
      </div>
      <div className="player-foot">
        <button
          type="button"
          className="button button-primary player-button"
          aria-label={isPlaying ? "Pause" : "Play"}
          onClick={() => playback.toggle()}
        >
          {isPlaying ? <PauseIcon /> : <PlayIcon />}
        </button>
        <Readout evidence={evidence} playback={playback} onRest={onRest} />
        {closest && (
          <button
            type="button"
            className="legend-moment"
            onClick={() => {
              playback.pause();
              playback.seek(closest.time);
            }}
          >
            <span>
              {formatMetres(closest.metres)} at {formatExactClock(closest.time)}
            </span>{" "}
            <span className="muted">
              {areMany(evidence) ? "Closest together" : "Closest"}
              {closest.where && closest.where.gap_s > SAME_MOMENT_S && `, ${formatDuration(closest.where.gap_s)} apart`}
            </span>
          </button>
        )}
        <Speed playback={playback} />
      </div>
    </div>
  );
}

function PlayHead({ evidence, playback, ceiling }: { evidence: Evidence; playback: Playback; ceiling: number }) {
  const time = useTime(playback);
  const { metres, error } = apartAt(evidence, time);
  const playOnSpace = (event: KeyboardEvent) => {
    if (event.key !== " ") return;
    event.preventDefault();
    playback.toggle();
  };
  return (
    <>
      {metres !== null && (
        <Mark className="chart-now" x={(time - playback.start) / (playback.end - playback.start)} y={metres / ceiling} />
      )}
      <input
        type="range"
        className="chart-slider"
        aria-label="Moment of the meeting"
        aria-valuetext={`${formatExactClock(time)}, ${describe(metres, error, evidence)}`}
        min={playback.start}
        max={playback.end}
        step={SECOND_MS}
        value={time}
        onChange={(event) => playback.seek(event.target.valueAsNumber)}
        onKeyDown={playOnSpace}
      />
    </>
  );
}

function Readout({ evidence, playback, onRest }: { evidence: Evidence; playback: Playback; onRest: (time: number) => void }) {
  const time = useTime(playback);
  const isPlaying = useIsPlaying(playback);
  const rest = useEffectEvent(() => onRest(time));
  useEffect(() => {
    if (isPlaying) return;
    const timer = setTimeout(() => rest(), PAUSE_BEFORE_KEEPING_MS);
    return () => clearTimeout(timer);
  }, [isPlaying, time]);
  const { metres, error } = apartAt(evidence, time);
  return (
    <p className="player-now">
      <strong>{metres === null ? "–" : `${areMany(evidence) ? "Within " : ""}${formatMetres(metres)}`}</strong>{" "}
      <span>{`${metres === null || error === null ? "" : `± ${formatMetres(error)}, `}${formatExactClock(time)}`}</span>
    </p>
  );
}

function Speed({ playback }: { playback: Playback }) {
  const speed = useSpeed(playback);
  return (
    <select
      className="player-speed"
      aria-label="Speed"
      value={speed}
      onChange={(event) => playback.setSpeed(Number(event.target.value))}
    >
      {SPEEDS.map((times) => (
        <option key={times} value={times}>
          {times}×
        </option>
      ))}
    </select>
  );
}

/** A point of the chart, round whatever shape the chart is stretched to. */
function Mark({ className, x, y }: { className: string; x: number; y: number }) {
  return <span className={className} style={{ left: `${100 * x}%`, bottom: `${100 * Math.min(y, 1)}%` }} aria-hidden="true" />;
}

function apartAt({ witnesses }: Evidence, time: number): Apart {
  return widestApart(witnesses.map(({ passage }) => passage), time);
}

/** The distance is that of the two who are furthest from each other. */
function areMany({ witnesses }: Evidence): boolean {
  return witnesses.length > 2;
}

function describe(metres: number | null, error: number | null, evidence: Evidence): string {
  if (metres === null) return "distance not known";
  return `${formatMetres(metres)} apart${areMany(evidence) ? " at most" : ""}${error === null ? "" : `, give or take ${formatMetres(error)}`}`;
}
