import type { Sureness } from "./certainty";

const RADIUS = 4.5;

/** A disc, filled as a clock's face is by its hand: the more, the surer. */
export function SurenessMark({ name, meaning, share }: Sureness) {
  return (
    <span className={share > 0 ? "certainty" : "certainty certainty-possible"} title={`${name}: ${meaning}`}>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <circle cx="6" cy="6" r={RADIUS} />
        {share >= 0.99 ? (
          <circle className="certainty-fill" cx="6" cy="6" r={RADIUS} />
        ) : (
          share > 0 && <path className="certainty-fill" d={sector(share)} />
        )}
      </svg>
      <span className="visually-hidden">{name}</span>
    </span>
  );
}

function sector(share: number): string {
  const angle = 2 * Math.PI * share;
  const [x, y] = [6 + RADIUS * Math.sin(angle), 6 - RADIUS * Math.cos(angle)];
  return `M6 6V${6 - RADIUS}A${RADIUS} ${RADIUS} 0 ${share > 0.5 ? 1 : 0} 1 ${x.toFixed(2)} ${y.toFixed(2)}z`;
}
