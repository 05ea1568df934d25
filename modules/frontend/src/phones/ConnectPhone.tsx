import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState, type SubmitEvent } from "react";
import { devicesQuery, pairDevice, type PairedDevice, type PhoneApp } from "../api/devices";
import { Problem } from "../api/fetchOrThrow";
import { Failure } from "../ui/Notice";
import { TextField } from "../ui/TextField";
import { APPS } from "./apps";

/** Which phone, and which app on it. */
export function ConnectPhone({ person, onPaired }: { person: number; onPaired: (device: PairedDevice) => void }) {
  const id = useId();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [app, setApp] = useState<PhoneApp>("owntracks");
  const pairing = useMutation({
    mutationFn: () => pairDevice(person, { name: name.trim(), app }),
    onSuccess: (device) => {
      void queries.invalidateQueries({ queryKey: devicesQuery(person).queryKey });
      onPaired(device);
    },
  });
  const refused = pairing.error instanceof Problem ? pairing.error.reason("name") : undefined;
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    pairing.mutate();
  };
  return (
    <form className="connect-phone" aria-label="Connect a phone" onSubmit={submit}>
      <TextField
        label="Name of the phone"
        name="device_name"
        autoComplete="off"
        required
        maxLength={100}
        value={name}
        error={refused}
        onChange={(event) => setName(event.target.value)}
      />
      <div className="field">
        <label htmlFor={id}>App</label>
        <select id={id} value={app} onChange={(event) => setApp(event.target.value as PhoneApp)}>
          {Object.entries(APPS).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </div>
      {pairing.error && !refused && (
        <Failure title="Not connected" error={pairing.error} onRetry={() => pairing.mutate()} />
      )}
      <button type="submit" className="button button-primary" disabled={pairing.isPending}>
        {pairing.isPending ? "Connecting…" : "Connect"}
      </button>
    </form>
  );
}
