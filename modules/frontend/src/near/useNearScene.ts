import { nameOf } from "../api/persons";
import { show } from "../address/useView";
import { viewOf, type View } from "../address/view";
import type { Scene } from "../map/scene";
import { useNearPlaces } from "./useNearPlaces";

/** Where those are whom the person is near to; choosing one goes to their page. Null while something else is looked at. */
export function useNearScene(view: View): Scene | null {
  const near = useNearPlaces(view);
  return (
    near && {
      of: "meetings",
      circles: near,
      nameAt: (index) => (near[index] ? nameOf(near[index].person) : ""),
      onChoose: (index) => near[index] && show(viewOf(view, near[index].person.id)),
      isReady: near.length > 0,
      isError: false,
      isAllThereIs: near.length > 0,
      chosen: null,
    }
  );
}
