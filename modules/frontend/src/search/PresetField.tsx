import { useEffect, useEffectEvent, useId, useState } from "react";
import type { Kind } from "../address/useView";

export interface Preset {
  value: string;
  label: string;
  /** How many meetings this choice gives, where that is known. */
  note?: string;
}

const TYPING_PAUSE_MS = 500;

/** A figure with its usual values one click away. Any other can be typed; the service says if it will not do. */
export function PresetField({
  label,
  unit,
  presets,
  value,
  error,
  onChange,
}: {
  label: string;
  unit: string;
  presets: readonly Preset[];
  value: string;
  error: string | undefined;
  onChange: (value: string, kind: Kind) => void;
}) {
  const id = useId();
  return (
    <div className="preset-field" role="group" aria-labelledby={id}>
      <span className="preset-label" id={id}>
        {label}
      </span>
      <div className="segments">
        {presets.map((preset) => (
          <button
            key={preset.value}
            type="button"
            aria-pressed={value === preset.value}
            onClick={() => onChange(preset.value, "step")}
          >
            <span>{preset.label}</span>{" "}
            {preset.note !== undefined && (
              <span className="segment-note">
                {preset.note}
                <span className="visually-hidden"> meetings</span>
              </span>
            )}
          </button>
        ))}
      </div>
      <FigureInput label={`${label}, ${unit}`} unit={unit} value={value} error={error} onChange={onChange} />
      {error && (
        <p className="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

function FigureInput({
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
