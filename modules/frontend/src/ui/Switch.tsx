import { useId } from "react";

/** Something that is either so or not, and what it means. */
export function Switch({
  label,
  note,
  checked,
  isBusy = false,
  onChange,
}: {
  label: string;
  note: string;
  checked: boolean;
  /** It is being changed: it can't be again, but keeps the focus. */
  isBusy?: boolean;
  onChange: (checked: boolean) => void;
}) {
  const id = useId();
  return (
    <div className="switch" aria-busy={isBusy}>
      <input
        type="checkbox"
        role="switch"
        id={id}
        aria-describedby={`${id}-note`}
        checked={checked}
        onChange={(event) => !isBusy && onChange(event.target.checked)}
      />
      <label htmlFor={id}>{label}</label>
      <p id={`${id}-note`} className="muted">
        {note}
      </p>
    </div>
  );
}
