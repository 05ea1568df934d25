import type { Certainty } from "../api/meetings";
import { CERTAINTIES } from "./certainty";

/** A disc: full, half or empty. */
export function CertaintyMark({ certainty }: { certainty: Certainty }) {
  const { name, meaning } = CERTAINTIES[certainty];
  return (
    <span className={`certainty certainty-${certainty}`} title={`${name}: ${meaning}`}>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <circle cx="6" cy="6" r="4.5" />
        {certainty === "certain" && <circle className="certainty-fill" cx="6" cy="6" r="4.5" />}
        {certainty === "likely" && <path className="certainty-fill" d="M6 1.5a4.5 4.5 0 0 1 0 9z" />}
      </svg>
      <span className="visually-hidden">{name}</span>
    </span>
  );
}
