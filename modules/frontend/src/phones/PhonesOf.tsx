import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { devicesQuery, type PairedDevice } from "../api/devices";
import type { Person } from "../api/persons";
import { AddFromFile } from "../files/AddFromFile";
import { Failure } from "../ui/Notice";
import { Skeleton } from "../ui/Skeleton";
import { ConnectPhone } from "./ConnectPhone";
import { DeviceRow } from "./DeviceRow";
import { SetUp } from "./SetUp";
import { SharingSection } from "./SharingSection";

/** The phones that report for a person, whether they may, and how there can be more. */
export default function PhonesOf({ person, onClose }: { person: Person; onClose: () => void }) {
  const [paired, setPaired] = useState<PairedDevice | null>(null);
  const devices = useQuery(devicesQuery(person.id));
  if (paired) return <SetUp device={paired} onDone={() => setPaired(null)} />;
  return (
    <>
      <SharingSection person={person} />
      {devices.data?.length === 0 && <p className="muted">None reports yet.</p>}
      {devices.data && devices.data.length > 0 && (
        <ul className="devices" aria-label="Phones">
          {devices.data.map((device) => (
            <DeviceRow key={device.id} device={device} />
          ))}
        </ul>
      )}
      {devices.isPending && <Skeleton rows={2} label="Looking for phones" />}
      {devices.error && (
        <Failure title="Phones can’t be shown right now" error={devices.error} onRetry={() => void devices.refetch()} />
      )}
      <h3>Connect a phone</h3>
      <ConnectPhone person={person.id} onPaired={setPaired} />
      <h3>Locations in a file</h3>
      <AddFromFile person={person} />
      <div className="buttons">
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
      </div>
    </>
  );
}
