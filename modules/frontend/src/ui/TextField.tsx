import { useId, type ComponentProps } from "react";

/** A labelled line of text with what is wrong about it beside it. */
export function TextField({
  label,
  error,
  ...input
}: { label: string; error: string | undefined } & Omit<ComponentProps<"input">, "id">) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input {...input} id={id} aria-invalid={error !== undefined} aria-describedby={error && `${id}-error`} />
      {error && (
        <p className="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}
