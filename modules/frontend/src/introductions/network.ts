import type { Introduction } from "../api/introductions";
import type { Contact } from "../api/meetings";
import type { Person } from "../api/persons";

/** Where in the drawing somebody stands: 400 × 400, the person in the middle, whom they met around, and the others outside. */
export interface Node {
  person: Person;
  x: number;
  y: number;
}

/** Two who spent that time together. */
export interface Tie {
  from: Node;
  to: Node;
  seconds: number;
}

export interface Network {
  self: Node;
  met: Node[];
  /** Time with each of those met, by id. */
  metSeconds: ReadonlyMap<number, number>;
  introduced: Node[];
  ties: Tie[];
}

/** As many as can be told apart at the width of a phone. */
const MOST_MET = 9;
const MOST_INTRODUCED = 12;
/** Of those in between; the list says how many more there are. */
export const MOST_VIA = 4;

const MIDDLE = 200;
const MET_RADIUS = 88;
const INTRODUCED_RADIUS = 162;
const TURN = 2 * Math.PI;

/** The strongest introductions, with whom they come by, and whom the person was with for the longest. The same for the same. */
export function networkOf(person: Person, contacts: readonly Contact[], introductions: readonly Introduction[]): Network {
  const metSeconds = new Map<number, number>();
  const people: Person[] = [];
  const add = (one: Person, seconds: number) => {
    if (metSeconds.has(one.id) || people.length === MOST_MET) return;
    metSeconds.set(one.id, seconds);
    people.push(one);
  };
  const strongest = introductions.slice(0, MOST_INTRODUCED);
  for (const { via } of strongest) {
    for (const between of via.slice(0, MOST_VIA)) add(between.person, between.own_duration_s);
  }
  // Who counts as met may differ: contacts are as near as the page is set to, introductions as is remembered.
  const notMet = new Set(introductions.map((introduction) => introduction.person.id));
  for (const contact of contacts) if (!notMet.has(contact.person.id)) add(contact.person, contact.duration_s);

  const self = { person, x: MIDDLE, y: MIDDLE };
  const met = people.map((one, index) => nodeAt(one, angleOf(index, people.length), MET_RADIUS));
  const metById = new Map(met.map((node) => [node.person.id, node]));
  const wanted = strongest
    .map((introduction) => ({ introduction, angle: angleTowards(introduction, metById) }))
    .filter((one): one is { introduction: Introduction; angle: number } => one.angle !== null)
    .sort((a, b) => a.angle - b.angle || a.introduction.person.id - b.introduction.person.id);
  const turn = meanAngle(wanted.map(({ angle }, index) => [angle - angleOf(index, wanted.length), 1]));
  const placed = wanted.map(({ introduction }, index) => ({
    introduction,
    node: nodeAt(introduction.person, angleOf(index, wanted.length) + turn, INTRODUCED_RADIUS),
  }));

  const ties = met.map((node): Tie => ({ from: self, to: node, seconds: metSeconds.get(node.person.id) ?? 0 }));
  for (const { introduction, node } of placed) {
    for (const between of introduction.via.slice(0, MOST_VIA)) {
      const from = metById.get(between.person.id);
      if (from) ties.push({ from, to: node, seconds: between.other_duration_s });
    }
  }
  return { self, met, metSeconds, introduced: placed.map(({ node }) => node), ties };
}

/** All who are on a way from the person to somebody in the drawing, or from them to those whom they introduce. */
export function chainOf({ self, ties }: Network, id: number): Set<number> {
  const beside = ties
    .filter(({ from, to }) => from.person.id === id || to.person.id === id)
    .flatMap(({ from, to }) => [from.person.id, to.person.id]);
  return new Set([self.person.id, id, ...beside]);
}

function nodeAt(person: Person, angle: number, radius: number): Node {
  const round = (value: number) => Math.round(value * 10) / 10;
  return { person, x: round(MIDDLE + radius * Math.cos(angle)), y: round(MIDDLE + radius * Math.sin(angle)) };
}

/** Evenly around, from the top. */
function angleOf(index: number, count: number): number {
  return (TURN * index) / Math.max(1, count) - TURN / 4;
}

/** Where those in between are, the stronger the more; null: none of them is drawn. */
function angleTowards({ via }: Introduction, met: ReadonlyMap<number, Node>): number | null {
  const towards = via.slice(0, MOST_VIA).flatMap(({ person, own_duration_s, other_duration_s }): [number, number][] => {
    const node = met.get(person.id);
    return node ? [[Math.atan2(node.y - MIDDLE, node.x - MIDDLE), Math.min(own_duration_s, other_duration_s)]] : [];
  });
  return towards.length > 0 ? meanAngle(towards) : null;
}

/** The mean of directions with weights. */
function meanAngle(directions: readonly (readonly [angle: number, weight: number])[]): number {
  const sum = (part: (angle: number) => number) =>
    directions.reduce((total, [angle, weight]) => total + weight * part(angle), 0);
  return Math.atan2(sum(Math.sin), sum(Math.cos));
}
