import { useEffect, useEffectEvent, useState } from "react";
import type { Kind } from "../address/useView";

const TYPING_PAUSE_MS = 500;

/** A typed figure with its unit, passed on when the typing pauses. */
export function FigureInput({
  label,
  unit,
  value,
  error,
  onChange,
}: {
  label: string;
  unit: string;
  value: string;
  error: string | undefined;
  onChange: (value: string, kind: Kind) => void;
}) {
  const shown = value === "any" ? "" : value;
  const [text, setText] = useState(shown);
  const [seen, setSeen] = useState(shown);
  if (seen !== shown) {
    setSeen(shown);
    setText(shown);
  }

  const commit = () => {
    const typed = text.trim();
    if (typed !== "" && typed !== shown) onChange(typed, "refinement");
  };
  const commitWhatStands = useEffectEvent(commit);
  useEffect(() => {
    const timer = setTimeout(() => commitWhatStands(), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);

  return (
    <span className="figure">
      <input
        inputMode="decimal"
        autoComplete="off"
        aria-label={label}
        aria-invalid={error !== undefined}
        placeholder={value === "any" ? "any" : undefined}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => (text.trim() === "" ? setText(shown) : commit())}
        onKeyDown={(event) => event.key === "Enter" && commit()}
      />
      <span className="unit" aria-hidden="true">
        {unit}
      </span>
    </span>
  );
}
