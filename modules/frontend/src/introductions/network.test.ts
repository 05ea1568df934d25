import { expect, test } from "vitest";
import { person } from "../api/fakeServices";
import type { Introduction } from "../api/introductions";
import type { Contact } from "../api/meetings";
import { chainOf, networkOf } from "./network";

const ada = person(1, "Ada Byron");

function contact(id: number, duration_s: number): Contact {
  const times = { first_met_at: "2026-03-02T09:00:00Z", last_met_at: "2026-03-02T10:00:00Z" };
  return { person: person(id, `Met ${id}`), encounters: 1, duration_s, closest_m: 1, ...times };
}

function introduction(id: number, ...via: number[]): Introduction {
  const chains = via.map((between) => ({ person: person(between, `Met ${between}`), own_duration_s: 900, other_duration_s: 600 }));
  return { person: person(id, `New ${id}`), strength_s: 600 * via.length, via: chains };
}

const idsOf = (nodes: { person: { id: number } }[]) => nodes.map((node) => node.person.id);

test("those in between are drawn first, then whom the person was with for the longest; nobody twice", () => {
  const network = networkOf(ada, [contact(2, 900), contact(4, 300), contact(20, 100)], [introduction(20, 3, 2)]);
  expect(idsOf(network.met)).toEqual([3, 2, 4]);
  expect(idsOf(network.introduced)).toEqual([20]);
  expect(network.ties.map(({ from, to, seconds }) => [from.person.id, to.person.id, seconds])).toEqual([
    [1, 3, 900],
    [1, 2, 900],
    [1, 4, 300],
    [3, 20, 600],
    [2, 20, 600],
  ]);
});

test("somebody is drawn beyond the one who introduces them", () => {
  const network = networkOf(ada, [], [introduction(20, 2), introduction(21, 3), introduction(22, 4)]);
  for (const [index, node] of network.introduced.entries()) {
    const between = network.ties.find(({ to }) => to === node)?.from;
    expect(between, String(index)).toBeDefined();
    const [x, y] = [(between?.x ?? 0) - 200, (between?.y ?? 0) - 200];
    expect((node.x - 200) * x + (node.y - 200) * y).toBeGreaterThan(0.99 * Math.hypot(node.x - 200, node.y - 200) * Math.hypot(x, y));
  }
});

test("however many there are, all that is drawn stands apart and within the picture, and is drawn the same again", () => {
  const contacts = Array.from({ length: 40 }, (_, index) => contact(index + 2, 1_000 - index));
  const many = Array.from({ length: 60 }, (_, index) => introduction(100 + index, 2 + (index % 7), 2 + (index % 5)));
  const network = networkOf(ada, contacts, many);
  const nodes = [network.self, ...network.met, ...network.introduced];
  for (const one of nodes) {
    expect(Math.max(Math.abs(one.x - 200), Math.abs(one.y - 200))).toBeLessThan(170);
    for (const other of nodes) {
      if (other !== one) expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(40);
    }
  }
  expect(network.ties.every(({ from, to }) => nodes.includes(from) && nodes.includes(to))).toBe(true);
  expect(networkOf(ada, contacts, many)).toEqual(network);
});

test("the chain of somebody has those in between, and of those in between whom they introduce", () => {
  const network = networkOf(ada, [contact(4, 10)], [introduction(20, 2, 3), introduction(21, 3)]);
  expect([...chainOf(network, 20)].sort((a, b) => a - b)).toEqual([1, 2, 3, 20]);
  expect([...chainOf(network, 3)].sort((a, b) => a - b)).toEqual([1, 3, 20, 21]);
  expect([...chainOf(network, 4)].sort((a, b) => a - b)).toEqual([1, 4]);
});
