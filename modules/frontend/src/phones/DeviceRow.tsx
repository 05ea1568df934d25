import { useMutation, useQueryClient } from "@tanstack/react-query";
import { devicesQuery, revokeDevice, type Device } from "../api/devices";
import { harmless } from "../api/persons";
import { formatMetres, formatMoment } from "../time/format";
import { Failure } from "../ui/Notice";
import { appName } from "./apps";

/** One phone: what it is called, what reports from it, when it was last heard of. */
export function DeviceRow({ device }: { device: Device }) {
  const queries = useQueryClient();
  const revocation = useMutation({
    mutationFn: () => revokeDevice(device),
    onSuccess: () => queries.invalidateQueries({ queryKey: devicesQuery(device.person_id).queryKey }),
  });
  const name = harmless(device.name) || `Phone ${device.id}`;
  return (
    <li className="device">
      <span className="row-text">
        <span className="row-title" translate="no">
          {name}
        </span>
        <span className="row-note">{`${appName(device.app)}, ${describe(device)}`}</span>
      </span>
      {device.revoked_at === null && (
        <button
          type="button"
          className="button"
          aria-label={`Disconnect ${name}`}
          disabled={revocation.isPending}
          onClick={() => revocation.mutate()}
        >
          {revocation.isPending ? "Disconnecting…" : "Disconnect"}
        </button>
      )}
      {revocation.error && (
        <Failure title="Still connected" error={revocation.error} onRetry={() => revocation.mutate()} />
      )}
    </li>
  );
}

function describe({ last_seen_at, last_accuracy_m, revoked_at }: Device): string {
  if (revoked_at !== null) return `disconnected ${formatMoment(Date.parse(revoked_at))}`;
  if (last_seen_at === null) return "not heard of yet";
  const accuracy = last_accuracy_m === null ? "" : `, within ${formatMetres(last_accuracy_m)}`;
  return `last heard of ${formatMoment(Date.parse(last_seen_at))}${accuracy}`;
}
