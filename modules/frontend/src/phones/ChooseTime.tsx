import { useState, type SubmitEvent } from "react";
import { Problem } from "../api/fetchOrThrow";
import { Failure } from "../ui/Notice";
import { TextField } from "../ui/TextField";
import { faultOf, LAST_DAY, LAST_HOUR, rangeUntil, type Choice } from "./timeToForget";

/** The last hour, the last day, or from when to when. What the service refused about it is said where it was chosen. */
export function ChooseTime({
  choice,
  refusal,
  onChange,
  onChosen,
  onClose,
}: {
  choice: Choice;
  refusal: Error | null;
  onChange: (choice: Choice) => void;
  onChosen: () => void;
  onClose: () => void;
}) {
  const [isChecked, setChecked] = useState(false);
  const range = "hours" in choice ? null : choice;
  const fault = range && isChecked ? faultOf(range) : {};
  const refused = range && refusal instanceof Problem ? refusal : null;
  const [fromError, toError] = [fault.from ?? refused?.reason("started_at"), fault.to ?? refused?.reason("ended_at")];

  const segments = [
    { label: "Last hour", isChosen: choice === LAST_HOUR, choose: () => onChange(LAST_HOUR) },
    { label: "Last 24 hours", isChosen: choice === LAST_DAY, choose: () => onChange(LAST_DAY) },
    { label: "From – to", isChosen: range !== null, choose: () => onChange(range ?? rangeUntil(Date.now())) },
  ];
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setChecked(true);
    if (!range || Object.keys(faultOf(range)).length === 0) onChosen();
  };
  return (
    <form className="choose-time" aria-label="Time to forget" noValidate onSubmit={submit}>
      <div className="segments" role="group" aria-label="Time">
        {segments.map(({ label, isChosen, choose }) => (
          <button key={label} type="button" autoFocus={isChosen} aria-pressed={isChosen} onClick={choose}>
            {label}
          </button>
        ))}
      </div>
      {range && (
        <>
          <TextField
            label="From"
            type="datetime-local"
            value={range.from}
            error={fromError}
            onChange={(event) => onChange({ ...range, from: event.target.value })}
          />
          <TextField
            label="To"
            type="datetime-local"
            value={range.to}
            error={toError}
            onChange={(event) => onChange({ ...range, to: event.target.value })}
          />
        </>
      )}
      {refusal && !fromError && !toError && <Failure title="Not deleted" error={refusal} onRetry={onChosen} />}
      <div className="buttons">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" className="button button-primary">
          Continue
        </button>
      </div>
    </form>
  );
}
