import { useId, type SubmitEvent } from "react";
import { MOST_MIB } from "../api/files";
import { harmless } from "../api/persons";
import { viewerZone } from "../time/zone";
import { ACCEPT, formatBytes } from "./kinds";

const MOST_BYTES = MOST_MIB * 2 ** 20;

/** A file, chosen or dropped. What the service refused about it is said where it was chosen. */
export function ChooseFile({
  file,
  refusal,
  onChange,
  onSend,
  onClose,
}: {
  file: File | null;
  refusal: string | undefined;
  onChange: (file: File | null) => void;
  onSend: (file: File) => void;
  onClose: () => void;
}) {
  const id = useId();
  const error = file && file.size > MOST_BYTES ? `must have at most ${MOST_MIB} MiB` : refusal;
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (file && !error) onSend(file);
  };
  return (
    <form
      className="choose-file"
      aria-label="File to add"
      onSubmit={submit}
      onDrop={({ dataTransfer }) => onChange(dataTransfer.files[0] ?? null)}
    >
      <div className="field">
        <label className="file-drop" htmlFor={id}>
          {file ? (
            <>
              <strong translate="no">{harmless(file.name)}</strong>
              <span className="muted">{formatBytes(file.size)}</span>
            </>
          ) : (
            <>
              <strong>Choose a file</strong>
              <span className="muted">or drop it here</span>
            </>
          )}
        </label>
        <input
          id={id}
          className="visually-hidden"
          type="file"
          accept={ACCEPT}
          autoFocus
          aria-invalid={error !== undefined}
          aria-describedby={error ? `${id}-error` : `${id}-kinds`}
          onChange={({ target }) => onChange(target.files?.[0] ?? null)}
        />
        {error && (
          <p className="field-error" id={`${id}-error`}>
            {error}
          </p>
        )}
      </div>
      <p className="muted" id={`${id}-kinds`}>
        GPX, KML, GeoJSON, CSV, TCX, FIT, OwnTracks, Google’s Timeline; also packed as ZIP or GZ. Times without a zone are
        those of {viewerZone()}.
      </p>
      <div className="buttons">
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
        <button type="submit" className="button button-primary" disabled={!file || error !== undefined}>
          Send
        </button>
      </div>
    </form>
  );
}
