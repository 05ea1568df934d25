import { useQuery } from "@tanstack/react-query";
import { useId, useRef, useState } from "react";
import { devicesQuery, type PairedDevice } from "../api/devices";
import { nameOf, type Person } from "../api/persons";
import { AddFromFile } from "../files/AddFromFile";
import { PhoneIcon } from "../ui/icons";
import { Failure } from "../ui/Notice";
import { Skeleton } from "../ui/Skeleton";
import { ConnectPhone } from "./ConnectPhone";
import { DeviceRow } from "./DeviceRow";
import { SetUp } from "./SetUp";
import { SharingSection } from "./SharingSection";

/** A button, and behind it the phones that report for a person, and whether they may. */
export function Phones({ person }: { person: Person }) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOpen, setOpen] = useState(false);
  const title = `Phones of ${nameOf(person)}`;
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-label={title}
        title={title}
        onClick={() => {
          setOpen(true);
          dialog.current?.showModal();
        }}
      >
        <PhoneIcon />
      </button>
      <dialog
        ref={dialog}
        className="dialog phones"
        aria-labelledby={id}
        // React also tells of a dialog inside that was closed.
        onClose={({ target, currentTarget }) => target === currentTarget && setOpen(false)}
      >
        <h2 id={id}>{title}</h2>
        {isOpen && <PhonesOf person={person} onClose={() => dialog.current?.close()} />}
      </dialog>
    </>
  );
}

function PhonesOf({ person, onClose }: { person: Person; onClose: () => void }) {
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
