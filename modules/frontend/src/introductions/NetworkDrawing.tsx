import { nameOf, type Person } from "../api/persons";
import { chainOf, type Network, type Node } from "./network";

const LONGEST_LABEL = 11;

/** The network as a picture. The lists below it say the same in words. */
export function NetworkDrawing({
  network,
  active,
  onPoint,
}: {
  network: Network;
  /** Whose chain stands out. */
  active: number | null;
  onPoint: (id: number | null) => void;
}) {
  const { self, met, introduced, ties } = network;
  const chain = active === null ? null : chainOf(network, active);
  const isFaint = (...people: Person[]) => chain !== null && people.some(({ id }) => !chain.has(id));
  const longest = Math.max(1, ...ties.map(({ seconds }) => seconds));
  const draw = (kind: string, radius: number) => (node: Node) => (
    <g
      key={node.person.id}
      className={`network-${kind}`}
      data-faint={isFaint(node.person)}
      transform={`translate(${node.x} ${node.y})`}
      onPointerEnter={() => onPoint(node.person.id)}
      onPointerLeave={() => onPoint(null)}
    >
      <circle r={radius} />
      <text className="network-label" y={radius + 12}>
        {labelOf(node.person)}
      </text>
    </g>
  );
  return (
    <svg className="network" viewBox="-8 10 416 400" aria-hidden="true">
      {ties.map(({ from, to, seconds }) => (
        <line
          key={`${from.person.id}-${to.person.id}`}
          className="network-tie"
          data-faint={isFaint(from.person, to.person)}
          x1={from.x}
          y1={from.y}
          x2={to.x}
          y2={to.y}
          strokeWidth={1 + 4 * Math.sqrt(seconds / longest)}
        />
      ))}
      {introduced.map(draw("introduced", 9))}
      {met.map(draw("met", 11))}
      {draw("self", 14)(self)}
    </svg>
  );
}

/** The first name, as far as there is room for it. */
function labelOf(person: Person): string {
  const [first = ""] = nameOf(person).split(" ");
  const letters = Array.from(first);
  return letters.length > LONGEST_LABEL ? `${letters.slice(0, LONGEST_LABEL - 1).join("")}…` : first;
}
