import type { FeatureCollection, Point } from "geojson";
import { useMemo } from "react";
import { trackLine } from "../geo/trackLine";
import { useColours } from "./colours";
import { NOTHING, useLayers, type Layer } from "./useLayers";

/** The person's way over the chosen days. It steps back while one meeting is looked at. */
export function TrackLayer({ track, isBackground }: { track: FeatureCollection<Point> | undefined; isBackground: boolean }) {
  const { own } = useColours();
  const layers = useMemo<Layer[]>(
    () => [
      {
        id: "track",
        type: "line",
        layout: { "line-join": "round", "line-cap": "round" },
        paint: { "line-color": own, "line-width": 1.75, "line-opacity": isBackground ? 0.14 : 0.45 },
      },
    ],
    [own, isBackground],
  );
  const data = useMemo(() => (track ? trackLine(track) : NOTHING), [track]);
  useLayers("track", data, layers, { maxzoom: 22 });
  return null;
}
