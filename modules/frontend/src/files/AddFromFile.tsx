import { useId, useRef, useState, type DragEvent } from "react";
import { nameOf, type Person } from "../api/persons";
import { FileOf } from "./FileOf";

/** A file that misses its place is not to be opened instead of the page. */
const ignore = (event: DragEvent) => event.preventDefault();

/** A button, and behind it the way in for locations that somebody has in a file. */
export function AddFromFile({ person }: { person: Person }) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="button"
        onClick={() => {
          setOpen(true);
          dialog.current?.showModal();
        }}
      >
        Add from a file…
      </button>
      <dialog
        ref={dialog}
        className="dialog from-file"
        aria-labelledby={id}
        onClose={() => setOpen(false)}
        onDragOver={ignore}
        onDrop={ignore}
      >
        <h2 id={id}>Add where {nameOf(person)} was</h2>
        {isOpen && <FileOf person={person.id} onClose={() => dialog.current?.close()} />}
      </dialog>
    </>
  );
}
