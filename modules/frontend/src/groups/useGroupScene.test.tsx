import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { FakeServices, group, person } from "../api/fakeServices";
import { groupKey, type Group } from "../api/groups";
import type { WayPiece } from "../api/tracks";
import { parseView } from "../address/view";
import { makeQueryClient } from "../app/queries";
import { useGroupScene } from "./useGroupScene";

const NINE = "2026-03-02T09:00:00Z";
const ADDRESS = "?person=2&from=2026-03-02&to=2026-03-02&zone=UTC&see=groups";
const people = Array.from({ length: 14 }, (_, index) => person(index + 1, `Person${index + 1} Number`));
let services: FakeServices;

beforeEach(() => {
  services = new FakeServices({ persons: people });
  for (const { id } of people) services.ways.set(id, [standing(8.65 + id / 111_319.5)]);
  vi.stubGlobal("fetch", services.fetch);
});

/** From five minutes before nine to ten minutes after. */
function standing(longitude: number): WayPiece {
  const place = { latitude: 0, longitude, sd_m: 1 };
  const [started_at, ended_at] = ["2026-03-02T08:55:00Z", "2026-03-02T09:10:00Z"];
  return { started_at, ended_at, start: place, end: place, middle_sd_m: 1, is_stay: true };
}

async function sceneOf(together: Group, address = `${ADDRESS}&group=${groupKey(together)}`) {
  services.groups.push(together);
  const client = makeQueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const { result } = renderHook(() => useGroupScene(parseView(address)), { wrapper });
  await waitFor(() => expect(result.current?.isReady).toBe(true));
  return result;
}

async function chosenIn(together: Group) {
  const scene = await sceneOf(together);
  await waitFor(() => expect(scene.current?.chosen?.isSettled).toBe(true));
  const chosen = scene.current?.chosen;
  if (!chosen) throw new Error("a group is chosen");
  return { ...chosen, whose: chosen.evidence?.witnesses.map(({ whose }) => whose) };
}

test("the ways of all members are on the map, that of the person in view as the own", async () => {
  const chosen = await chosenIn(group(people.slice(0, 3), NINE));
  expect(chosen.whose).toEqual(["own", "other", "other"]);
  expect(chosen.others).toBe("Person1 Number and Person3 Number");
  expect(chosen.evidence?.closest?.metres).toBeCloseTo(2, 1); // from the first to the third
  expect(chosen.missing).toBeNull();
});

test("whose way may not be seen is not on the map, and that is said; nobody else takes their colour", async () => {
  services.hidden.add(2);
  services.ways.set(4, []);
  const chosen = await chosenIn(group(people.slice(0, 5), NINE));
  expect(chosen.whose).toEqual(["other", "other", "other"]);
  expect(chosen.missing).toBe(
    "The way of Person2 Number can’t be shown right now: this token may not read of person 2. " +
      "Where Person4 Number went is not known.",
  );
});

test("where no way may be seen the place is all that is known", async () => {
  for (const { id } of people) services.hidden.add(id);
  const chosen = await chosenIn(group(people.slice(0, 3), NINE));
  expect(chosen.evidence).toBeNull();
  expect(chosen.missing).toMatch(/^The ways of Person2 Number, Person1 Number and Person3 Number can’t be shown right now: this token/);
});

test("of many people twelve are on the map, with the person in view among them, and that is said", async () => {
  const view = people.toReversed().map(({ id }) => person(id, `Person${id} Number`));
  const chosen = await chosenIn(group(view, NINE));
  expect(chosen.whose).toHaveLength(12);
  expect(chosen.whose?.filter((whose) => whose === "own")).toHaveLength(1);
  expect(services.requestsOf("/way")).toHaveLength(12);
  expect(chosen.others).toBe("Person14 Number, Person13 Number, Person12 Number and 10 more");
  expect(chosen.missing).toBe("12 of these 14 people are on the map.");
});

test("a group is chosen on the map, and none is shown while something else is looked at", async () => {
  const together = group(people.slice(0, 3), NINE);
  const scene = await sceneOf(together, ADDRESS);
  expect(scene.current?.circles).toEqual([together]);
  act(() => scene.current?.onChoose(0));
  expect(window.location.search).toBe(`${ADDRESS}&group=1.2.3@${NINE}`);

  const { current } = renderHook(() => useGroupScene(parseView("?person=2")), {
    wrapper: ({ children }: { children: ReactNode }) => (
      <QueryClientProvider client={makeQueryClient()}>{children}</QueryClientProvider>
    ),
  }).result;
  expect(current).toBeNull();
});
