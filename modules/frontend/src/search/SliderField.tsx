import { useEffect, useEffectEvent, useId, useState, type CSSProperties, type ReactNode } from "react";
import type { Kind } from "../address/useView";
import { FigureInput } from "./FigureInput";
import { nearestStop, type Stop } from "./stops";

const REST_MS = 250;

/**
 * A figure on a scale whose steps grow with it, and typed beside it. Any figure can be typed; the service says if it will
 * not do. What is set is passed on when the slider has come to rest.
 */
export function SliderField({
  label,
  unit,
  stops,
  value,
  error,
  onChange,
  children,
}: {
  label: string;
  unit: string;
  stops: readonly Stop[];
  value: string;
  error: string | undefined;
  onChange: (value: string, kind: Kind) => void;
  children?: ReactNode;
}) {
  const id = useId();
  const [drawn, setDrawn] = useState<string | null>(null);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    setDrawn(null);
  }

  const passOn = useEffectEvent(() => {
    if (drawn !== null && drawn !== value) onChange(drawn, "step");
  });
  useEffect(() => {
    const timer = setTimeout(() => passOn(), REST_MS);
    return () => clearTimeout(timer);
  }, [drawn]);

  const shown = drawn ?? value;
  const index = nearestStop(stops, shown);
  const stop = stops[index];
  return (
    <div className="slider-field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="range"
        className="slider"
        min={0}
        max={stops.length - 1}
        step={1}
        value={index}
        aria-valuetext={stop?.value === shown ? stop.text : `${shown} ${unit}`}
        style={{ "--at": index / (stops.length - 1) } as CSSProperties}
        onChange={(event) => setDrawn(stops[event.target.valueAsNumber]?.value ?? null)}
      />
      <FigureInput label={`${label}, ${unit}`} unit={unit} value={shown} error={error} onChange={onChange} />
      {children}
      {error && (
        <p className="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
