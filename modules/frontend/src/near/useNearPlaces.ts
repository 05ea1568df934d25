import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Meeting } from "../api/meetings";
import type { View } from "../address/view";
import { nearQuery } from "./near";

export type NearPlace = Pick<Meeting, "person" | "place" | "duration_s">;

/** Where those are whom the person is near to, as the list has them; null while something else is looked at. */
export function useNearPlaces({ person, aspect }: View): NearPlace[] | null {
  const isShown = person !== null && aspect === "now";
  const { data } = useQuery({ ...nearQuery(person ?? 0), enabled: isShown });
  return useMemo(() => {
    if (!isShown) return null;
    const here = data?.encounters.filter(({ ended_at }) => ended_at === null) ?? [];
    return here.map(({ person: other, place, started_at, told_at }) => ({
      person: other,
      place,
      duration_s: Math.max(0, Date.parse(told_at) - Date.parse(started_at)) / 1000,
    }));
  }, [isShown, data]);
}
