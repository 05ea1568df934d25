import { groupKey, othersOf, type Group } from "../api/groups";
import { nameOf } from "../api/persons";
import { show } from "../address/useView";
import type { View } from "../address/view";
import type { Chosen, Scene } from "../map/scene";
import { formatList } from "../time/format";
import { useGroupEvidence } from "./useGroupEvidence";
import { useGroups } from "./useGroups";

const MOST_NAMED = 4;

/** The groups, and the ways of all in the one that is chosen; null while something else is looked at. */
export function useGroupScene(view: View): Scene | null {
  const { query, groups, chosen: group } = useGroups(view);
  const person = view.person ?? 0;
  const told = useGroupEvidence(group, person);
  if (view.aspect !== "groups") return null;
  const chosen: Chosen | null = group && {
    key: groupKey(group),
    index: groups.indexOf(group),
    occasion: group,
    others: withWhom(group, person),
    ...told,
    limit: null,
    moment: null,
    keepMoment: () => undefined,
  };
  return {
    of: "groups",
    circles: groups,
    nameAt: (index) => (groups[index] ? withWhom(groups[index], person) : ""),
    onChoose: (index) => groups[index] && show({ ...view, group: groupKey(groups[index]) }),
    isReady: !query.isPending,
    isError: query.isError,
    isAllThereIs: false,
    chosen,
  };
}

/** Whom the person was with, in as many words as there is room for. */
function withWhom(group: Group, person: number): string {
  const names = othersOf(group, person).map(nameOf);
  if (names.length <= MOST_NAMED) return formatList(names);
  return formatList([...names.slice(0, MOST_NAMED - 1), `${names.length - MOST_NAMED + 1} more`]);
}
