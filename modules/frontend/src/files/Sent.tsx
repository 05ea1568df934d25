import { useId } from "react";
import type { Progress } from "../api/files";
import { formatCount } from "../time/format";

/** How far a file is: first on its way, then in being read. */
export function Sent({ progress, onCancel }: { progress: Progress; onCancel: () => void }) {
  const id = useId();
  const bytes = progress.stage === "sending" ? progress.sent_bytes : progress.read_bytes;
  const share = progress.bytes > 0 ? Math.min(1, bytes / progress.bytes) : 0;
  return (
    <div className="file-progress">
      <label htmlFor={id}>{describe(progress, share)}</label>
      <progress id={id} value={share} />
      <div className="buttons">
        <button type="button" className="button" autoFocus onClick={onCancel}>
          Cancel
        </button>
      </div>
    </div>
  );
}

function describe(progress: Progress, share: number): string {
  if (progress.stage === "sending") return `Sending, ${Math.floor(share * 100)} %`;
  if (progress.stage === "waiting") return "Waiting until others are read";
  return `Reading: ${formatCount(progress.accepted, "location", "locations")} taken`;
}
