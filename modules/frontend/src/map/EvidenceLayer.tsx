import type { Feature, FeatureCollection } from "geojson";
import { useMemo } from "react";
import type { Meeting } from "../api/meetings";
import type { Fix } from "../api/tracks";
import { nearTo } from "../geo/antimeridian";
import type { Evidence } from "../geo/evidence";
import { useColours } from "./colours";
import { NOTHING, useLayers, type Layer } from "./useLayers";

/** Both tracks around a meeting, strong while it lasted, and the moment when the two were closest. */
export function EvidenceLayer({ evidence }: { evidence: Evidence | null }) {
  const { own, other, halo, ink } = useColours();
  const data = useMemo(() => (evidence ? draw(evidence) : NOTHING), [evidence]);
  const layers = useMemo<Layer[]>(() => {
    const whose = ["match", ["get", "whose"], "own", own, other] as never;
    const during = (yes: number, no: number) => ["case", ["get", "during"], yes, no] as never;
    const of = (kind: string) => ["==", ["get", "kind"], kind] as never;
    return [
      {
        id: "evidence-tracks",
        type: "line",
        filter: of("track"),
        layout: { "line-join": "round", "line-cap": "round" },
        paint: { "line-color": whose, "line-width": during(2, 2), "line-opacity": during(0.4, 0.3) },
      },
      {
        id: "evidence-fixes",
        type: "circle",
        filter: of("fix"),
        paint: {
          "circle-color": whose,
          "circle-radius": ["interpolate", ["linear"], ["zoom"], 16, 1, 20, 2.5],
          "circle-opacity": 0.6,
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

function draw({ meeting, own, other, closest }: Evidence): FeatureCollection {
  const features = [...drawTrack(other.fixes, "other", meeting), ...drawTrack(own.fixes, "own", meeting)];
  if (closest) {
    const [mine, theirs] = [positionOf(closest.own, meeting), positionOf(closest.other, meeting)];
    features.push(
      feature("distance", {}, { type: "LineString", coordinates: [mine, theirs] }),
      feature("closest", { whose: "other" }, { type: "Point", coordinates: theirs }),
      feature("closest", { whose: "own" }, { type: "Point", coordinates: mine }),
    );
  }
  return { type: "FeatureCollection", features };
}

function drawTrack(fixes: readonly Fix[], whose: "own" | "other", meeting: Meeting): Feature[] {
  const [start, end] = [Date.parse(meeting.started_at), Date.parse(meeting.ended_at)];
  const during = fixes.filter(({ creation_time }) => isBetween(Date.parse(creation_time), start, end));
  const positions = (part: readonly Fix[]) => part.map((fix) => positionOf(fix, meeting));
  const line = (part: readonly Fix[], strong: boolean) =>
    feature("track", { whose, during: strong }, { type: "LineString", coordinates: positions(part) });
  return [
    ...(fixes.length > 1 ? [line(fixes, false)] : []),
    ...(during.length > 1 ? [line(during, true)] : []),
    ...positions(during).map((position) => feature("fix", { whose }, { type: "Point", coordinates: position })),
  ];
}

function isBetween(time: number, start: number, end: number): boolean {
  return start <= time && time <= end;
}

/** On the same side of the antimeridian as the meeting's place. */
function positionOf(fix: Fix, { place }: Meeting): [number, number] {
  return [nearTo(place.longitude, fix.longitude), fix.latitude];
}

function feature(kind: string, properties: object, geometry: Feature["geometry"]): Feature {
  return { type: "Feature", properties: { kind, ...properties }, geometry };
}
