import type { CSSProperties } from "react";
import { harmless, nameOf, type Person } from "../api/persons";

/** Initials on a colour of the person's own. */
export function Avatar({ person }: { person: Person }) {
  const initials = [person.first_name, person.last_name].map((name) => Array.from(harmless(name)).at(0) ?? "").join("");
  const hue = (person.id * 137.508) % 360; // the golden angle: neighbours differ most
  return (
    <span className="avatar" style={{ "--hue": hue.toFixed(0) } as CSSProperties} aria-hidden="true" title={nameOf(person)}>
      {initials.toUpperCase()}
    </span>
  );
}
