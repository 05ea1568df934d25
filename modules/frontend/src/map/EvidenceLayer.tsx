import type { Feature, FeatureCollection, Position } from "geojson";
import { useMemo } from "react";
import { ownLast, placeOf, type Evidence, type Occasion, type Witness } from "../geo/evidence";
import { linesOf } from "../geo/passage";
import { useColours } from "./colours";
import { NOTHING, useLayers, type Layer } from "./useLayers";

/** The tracks around a meeting or group, strong while it lasted, and the moment when two were closest. */
export function EvidenceLayer({ evidence }: { evidence: Evidence | null }) {
  const { own, other, halo, ink } = useColours();
  const data = useMemo(() => (evidence ? draw(evidence) : NOTHING), [evidence]);
  const layers = useMemo<Layer[]>(() => {
    const whose = ["match", ["get", "whose"], "own", own, other] as never;
    const during = (yes: number, no: number) => ["case", ["get", "during"], yes, no] as never;
    const of = (kind: string) => ["==", ["get", "kind"], kind] as never;
    return [
      {
        id: "evidence-fixes",
        type: "circle",
        filter: of("fix"),
        paint: {
          "circle-color": whose,
          "circle-radius": ["interpolate", ["linear"], ["zoom"], 16, 1, 20, 2.5],
          "circle-opacity": ["case", ["get", "isEstimate"], 0.3, 0.6],
        },
      },
      {
        id: "evidence-tracks",
        type: "line",
        filter: of("track"),
        layout: { "line-join": "round", "line-cap": "round" },
        paint: {
          "line-color": whose,
          "line-width": ["case", ["get", "isEstimate"], 3, 2],
          "line-opacity": ["case", ["all", ["get", "isEstimate"], ["get", "during"]], 0.75, during(0.4, 0.3)] as never,
        },
      },
      {
        id: "evidence-distance",
        type: "line",
        filter: of("distance"),
        paint: { "line-color": ink, "line-width": 1.5, "line-opacity": 0.5 },
      },
      {
        id: "evidence-closest",
        type: "circle",
        filter: of("closest"),
        paint: {
          "circle-color": halo,
          "circle-radius": 5,
          "circle-stroke-color": whose,
          "circle-stroke-width": 2.5,
        },
      },
    ];
  }, [own, other, halo, ink]);
  useLayers("evidence", data, layers, { maxzoom: 22, tolerance: 0 });
  return null;
}

function draw({ occasion, witnesses, closest }: Evidence): FeatureCollection {
  const features = ownLast(witnesses).flatMap((witness) => drawTrack(witness, occasion));
  if (closest?.where) {
    const { own, other } = closest.where;
    features.push(
      feature("distance", {}, { type: "LineString", coordinates: [own, other] }),
      feature("closest", { whose: "other" }, { type: "Point", coordinates: other }),
      feature("closest", { whose: "own" }, { type: "Point", coordinates: own }),
    );
  }
  return { type: "FeatureCollection", features };
}

/** The way, strong while the meeting lasted, and the fixes that it comes from: lightly under it where it is an estimate. */
function drawTrack({ whose, fixes, passage }: Witness, occasion: Occasion): Feature[] {
  const [start, end] = [Date.parse(occasion.started_at), Date.parse(occasion.ended_at)];
  const isEstimate = passage.errors !== null;
  const lines = (during: boolean, parts: Position[][]) =>
    parts.map((coordinates) => feature("track", { whose, during, isEstimate }, { type: "LineString", coordinates }));
  const seen = isEstimate ? fixes : fixes.filter(({ creation_time }) => isBetween(Date.parse(creation_time), start, end));
  return [
    ...seen.map((fix) => feature("fix", { whose, isEstimate }, { type: "Point", coordinates: placeOf(fix, occasion) })),
    ...lines(false, linesOf(passage)),
    ...lines(true, linesOf(passage, start, end)),
  ];
}

function isBetween(time: number, start: number, end: number): boolean {
  return start <= time && time <= end;
}

function feature(kind: string, properties: object, geometry: Feature["geometry"]): Feature {
  return { type: "Feature", properties: { kind, ...properties }, geometry };
}
