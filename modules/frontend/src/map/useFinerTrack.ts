import { useQueries } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { isSimplified, stretchQuery } from "../api/tracks";
import type { Box } from "../geo/bounds";
import { refine, stretchesIn, type Track } from "../geo/refine";
import { useMap } from "./MapContext";

const BEYOND = 0.25; // of the map's size, on each side, so that moving it a little shows nothing coarse

/** The track, finer where the map is looked at from near than where it was simplified as a whole. */
export function useFinerTrack(track: Track | undefined, person: number): Track | undefined {
  const box = useBoxInView();
  const stretches = useMemo(
    () => (track && box && isSimplified(track) ? stretchesIn(track, box) : []),
    [track, box],
  );
  const finer = useQueries({
    queries: stretches.map((stretch) => stretchQuery({ person, ...stretch })),
    combine: combineLoaded,
  });
  return useMemo(() => track && refine(track, finer), [track, finer]);
}

function combineLoaded(results: { data: Track | undefined }[]): Track[] {
  return results.flatMap(({ data }) => (data && data.features.length > 0 ? [data] : []));
}

/** What the map shows once it has come to rest, and a little around it. */
function useBoxInView(): Box | null {
  const map = useMap();
  const [box, setBox] = useState<Box | null>(null);
  useEffect(() => {
    const look = () => {
      const bounds = map.getBounds();
      const [west, south, east, north] = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
      const [wide, high] = [(east - west) * BEYOND, (north - south) * BEYOND];
      setBox([west - wide, south - high, east + wide, north + high]);
    };
    map.on("moveend", look);
    return () => void map.off("moveend", look);
  }, [map]);
  return box;
}
