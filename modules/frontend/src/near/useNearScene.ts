import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { nameOf } from "../api/persons";
import { show } from "../address/useView";
import { viewOf, type View } from "../address/view";
import type { Scene } from "../map/scene";
import { goingOn, nearQuery } from "./near";

/** Where those are whom the person is near to; choosing one goes to their page. Null while something else is looked at. */
export function useNearScene(view: View): Scene | null {
  const isShown = view.person !== null && view.aspect === "now";
  const { data } = useQuery({ ...nearQuery(view.person ?? 0), enabled: isShown });
  const near = useMemo(
    () =>
      goingOn(data?.encounters ?? []).map(({ person, place, started_at, told_at }) => ({
        person,
        place,
        duration_s: Math.max(0, Date.parse(told_at) - Date.parse(started_at)) / 1000,
      })),
    [data],
  );
  if (!isShown) return null;
  return {
    of: "meetings",
    circles: near,
    nameAt: (index) => (near[index] ? nameOf(near[index].person) : ""),
    onChoose: (index) => near[index] && show(viewOf(view, near[index].person.id)),
    isReady: near.length > 0,
    isError: false,
    isAllThereIs: near.length > 0,
    chosen: null,
  };
}
