import { useId } from "react";
import type { NewForgotten } from "../api/sharing";
import { formatMinute } from "../time/format";
import { Failure } from "../ui/Notice";

/** What will be gone, for whoever may think better of it. */
export function ConfirmForgetting({
  name,
  time,
  isPending,
  error,
  onConfirm,
  onClose,
}: {
  name: string;
  time: NewForgotten;
  isPending: boolean;
  error: Error | null;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const id = useId();
  return (
    <>
      <p id={id}>
        Deletes every location of {name} {describe(time)}, for good. Meetings in that time disappear for everybody.
      </p>
      {error && <Failure title="Not deleted" error={error} onRetry={onConfirm} />}
      <div className="buttons">
        <button type="button" className="button" autoFocus aria-describedby={id} onClick={onClose}>
          Keep
        </button>
        <button type="button" className="button button-danger" disabled={isPending} onClick={onConfirm}>
          {isPending ? "Deleting…" : "Delete"}
        </button>
      </div>
    </>
  );
}

function describe({ started_at, ended_at }: NewForgotten): string {
  const end = ended_at === undefined ? "until now" : `to ${formatMinute(Date.parse(ended_at))}`;
  return `from ${formatMinute(Date.parse(started_at))} ${end}`;
}
