import { useEffect, useEffectEvent, useMemo, type KeyboardEvent } from "react";
import type { Evidence } from "../geo/evidence";
import { distancesOver, errorApart, metresApart } from "../geo/apart";
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

/** The meeting played: how far apart the two were over time, which is also the slider that moves both on the map. */
export function Player({
  evidence,
  playback,
  limit,
  onRest,
}: {
  evidence: Evidence;
  playback: Playback;
  /** The distance of a meeting, in metres. */
  limit: number;
  /** The play head has come to rest at this moment (ms). */
  onRest: (time: number) => void;
}) {
  const { meeting, own, other, closest } = evidence;
  const { start, end } = playback;
  const isPlaying = useIsPlaying(playback);
  useClock(playback);

  const distances = useMemo(() => distancesOver(own.passage, other.passage, start, end, MOMENTS), [own, other, start, end]);
  const span = { start: Date.parse(meeting.started_at), end: Date.parse(meeting.ended_at) };
  const ceiling = ceilingOf(distances, limit, span);
  const partOf = (time: number) => (time - start) / (end - start);
  const during = useMemo(
    () => ({ start: (span.start - start) / (end - start), end: (span.end - start) / (end - start) }),
    [span.start, span.end, start, end],
  );
  const closestAt = Date.parse(meeting.closest_at);

  return (
    <div className="player">
      <div className="chart">
        <DistanceChart distances={distances} limit={limit} ceiling={ceiling} during={during} />
        <Mark className="chart-closest" x={partOf(closestAt)} y={meeting.closest_m / ceiling} />
        <span className="chart-level" style={{ bottom: `${(100 * limit) / ceiling}%` }} aria-hidden="true">
          {limit} m
        </span>
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
        <button
          type="button"
          className="legend-moment"
          onClick={() => {
            playback.pause();
            playback.seek(closestAt);
          }}
        >
          <span>
            {formatMetres(meeting.closest_m)} at {formatExactClock(closestAt)}
          </span>{" "}
          <span className="muted">
            Closest{closest && closest.gap_s > SAME_MOMENT_S && `, ${formatDuration(closest.gap_s)} apart`}
          </span>
        </button>
        <Speed playback={playback} />
      </div>
    </div>
  );
}

function PlayHead({ evidence, playback, ceiling }: { evidence: Evidence; playback: Playback; ceiling: number }) {
  const time = useTime(playback);
  const metres = metresApart(evidence.own.passage, evidence.other.passage, time);
  const error = errorApart(evidence.own.passage, evidence.other.passage, time);
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
        aria-valuetext={`${formatExactClock(time)}, ${describe(metres, error)}`}
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
  const metres = metresApart(evidence.own.passage, evidence.other.passage, time);
  const error = errorApart(evidence.own.passage, evidence.other.passage, time);
  return (
    <p className="player-now">
      <strong>{metres === null ? "–" : formatMetres(metres)}</strong>{" "}
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

function describe(metres: number | null, error: number | null): string {
  if (metres === null) return "distance not known";
  return `${formatMetres(metres)} apart${error === null ? "" : `, give or take ${formatMetres(error)}`}`;
}
