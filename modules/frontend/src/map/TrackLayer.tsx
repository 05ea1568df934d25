import { useMemo } from "react";
import type { Track } from "../geo/refine";
import { trackLine } from "../geo/trackLine";
import { useColours } from "./colours";
import { useFinerTrack } from "./useFinerTrack";
import { NOTHING, useLayers, type Layer } from "./useLayers";

/** The person's way over the chosen days. It steps back while one meeting is looked at. */
export function TrackLayer({
  track,
  person,
  isBackground,
}: {
  track: Track | undefined;
  person: number;
  isBackground: boolean;
}) {
  const { own } = useColours();
  const finer = useFinerTrack(track, person);
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
  const data = useMemo(() => (finer ? trackLine(finer) : NOTHING), [finer]);
  useLayers("track", data, layers, { maxzoom: 22 });
  return null;
}
