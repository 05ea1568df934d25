import type { Feature, FeatureCollection } from "geojson";
import { useMemo } from "react";
import { circleAround } from "../geo/circle";
import { errorAt, positionAt, trailOf } from "../geo/passage";
import type { Evidence } from "../geo/evidence";
import type { Playback } from "../playback/Playback";
import { useTime } from "../playback/usePlayback";
import { useColours } from "./colours";
import { NOTHING, useLayers, type Layer } from "./useLayers";

const TRAIL_MS = 60_000;
/** Standard errors on one axis within which somebody was with a probability of 95 %: √(2 ln 20). */
const NEARLY_CERTAIN = 2.45;

/** Both people at the moment that is played, around each where they most likely were, their last minute, the line between. */
export function PlayHeadLayer({ evidence, playback }: { evidence: Evidence | null; playback: Playback | null }) {
  return evidence && playback ? <Moving evidence={evidence} playback={playback} /> : <Painted data={NOTHING} />;
}

function Moving({ evidence, playback }: { evidence: Evidence; playback: Playback }) {
  const time = useTime(playback);
  return <Painted data={useMemo(() => draw(evidence, time), [evidence, time])} />;
}

function Painted({ data }: { data: FeatureCollection }) {
  const { own, other, halo, ink } = useColours();
  const layers = useMemo<Layer[]>(() => {
    const whose = ["match", ["get", "whose"], "own", own, other] as never;
    const of = (kind: string) => ["==", ["get", "kind"], kind] as never;
    return [
      {
        id: "playhead-bands",
        type: "fill",
        filter: of("band"),
        paint: { "fill-color": whose, "fill-opacity": 0.14 },
      },
      {
        id: "playhead-trails",
        type: "line",
        filter: of("trail"),
        layout: { "line-join": "round", "line-cap": "round" },
        paint: { "line-color": whose, "line-width": 4 },
      },
      {
        id: "playhead-between",
        type: "line",
        filter: of("between"),
        paint: { "line-color": ink, "line-width": 2, "line-dasharray": [1.5, 1.5] },
      },
      {
        id: "playhead-dots",
        type: "circle",
        filter: of("dot"),
        paint: {
          "circle-color": whose,
          "circle-radius": 9,
          "circle-stroke-color": halo,
          "circle-stroke-width": 3,
        },
      },
    ];
  }, [own, other, halo, ink]);
  useLayers("playhead", data, layers, { maxzoom: 22, tolerance: 0 });
  return null;
}

function draw({ own, other }: Evidence, time: number): FeatureCollection {
  const people = { other: other.passage, own: own.passage };
  const [mine, theirs] = [positionAt(own.passage, time), positionAt(other.passage, time)];
  const features: Feature[] = [];
  for (const [whose, passage] of Object.entries(people)) {
    const [place, error] = [positionAt(passage, time), errorAt(passage, time)];
    if (place && error !== null) {
      const ring = circleAround(place, NEARLY_CERTAIN * error);
      features.push(feature("band", whose, { type: "Polygon", coordinates: [ring] }));
    }
    const trail = trailOf(passage, time - TRAIL_MS, time);
    if (trail.length > 1) features.push(feature("trail", whose, { type: "LineString", coordinates: trail }));
  }
  if (mine && theirs) features.push(feature("between", "both", { type: "LineString", coordinates: [mine, theirs] }));
  if (theirs) features.push(feature("dot", "other", { type: "Point", coordinates: theirs }));
  if (mine) features.push(feature("dot", "own", { type: "Point", coordinates: mine }));
  return { type: "FeatureCollection", features };
}

function feature(kind: string, whose: string, geometry: Feature["geometry"]): Feature {
  return { type: "Feature", properties: { kind, whose }, geometry };
}
