import type { DragEvent } from "react";
import { nameOf, type Person } from "../api/persons";
import { DialogButton } from "../ui/DialogButton";
import { FileOf } from "./FileOf";

/** A file that misses its place is not to be opened instead of the page. */
const ignore = (event: DragEvent) => event.preventDefault();

/** The way in for locations that somebody has in a file. */
export function AddFromFile({ person }: { person: Person }) {
  return (
    <DialogButton
      label="Add from a file…"
      title={`Add where ${nameOf(person)} was`}
      className="from-file"
      onDragOver={ignore}
      onDrop={ignore}
    >
      {(close) => <FileOf person={person.id} onClose={close} />}
    </DialogButton>
  );
}
