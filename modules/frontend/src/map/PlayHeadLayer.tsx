import type { Feature, FeatureCollection, Position } from "geojson";
import { useMemo } from "react";
import { circleAround } from "../geo/circle";
import { errorAt, positionAt, trailOf } from "../geo/passage";
import { ownLast, type Evidence } from "../geo/evidence";
import type { Playback } from "../playback/Playback";
import { useTime } from "../playback/usePlayback";
import { useColours } from "./colours";
import { NOTHING, useLayers, type Layer } from "./useLayers";

const TRAIL_MS = 60_000;
/** Standard errors on one axis within which somebody was with a probability of 95 %: √(2 ln 20). */
const NEARLY_CERTAIN = 2.45;

/** Those who met at the moment that is played, around each where they most likely were, their last minute, between two a line. */
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

function draw({ witnesses }: Evidence, time: number): FeatureCollection {
  const features: Feature[] = [];
  const dots: Feature[] = [];
  const places: Position[] = [];
  for (const { whose, passage } of ownLast(witnesses)) {
    const [place, error] = [positionAt(passage, time), errorAt(passage, time)];
    if (place) {
      places.push(place);
      dots.push(feature("dot", whose, { type: "Point", coordinates: place }));
    }
    if (place && error !== null) {
      const ring = circleAround(place, NEARLY_CERTAIN * error);
      features.push(feature("band", whose, { type: "Polygon", coordinates: [ring] }));
    }
    const trail = trailOf(passage, time - TRAIL_MS, time);
    if (trail.length > 1) features.push(feature("trail", whose, { type: "LineString", coordinates: trail }));
  }
  if (witnesses.length === 2 && places.length === 2) {
    features.push(feature("between", "both", { type: "LineString", coordinates: places }));
  }
  return { type: "FeatureCollection", features: [...features, ...dots] };
}

function feature(kind: string, whose: string, geometry: Feature["geometry"]): Feature {
  return { type: "Feature", properties: { kind, whose }, geometry };
}
