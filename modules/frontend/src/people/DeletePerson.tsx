import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useRef } from "react";
import { deletePerson, forgetPeople, nameOf, type Person } from "../api/persons";
import { BinIcon } from "../ui/icons";
import { Failure } from "../ui/Notice";

/** A button, and the question whether that is really meant: nothing brings an erased person back. */
export function DeletePerson({ person, onDeleted }: { person: Person; onDeleted: () => void }) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const queries = useQueryClient();
  const name = nameOf(person);
  const deletion = useMutation({
    mutationFn: () => deletePerson(person.id),
    onSuccess: () => {
      dialog.current?.close();
      onDeleted();
      forgetPeople(queries);
    },
  });

  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-label={`Delete ${name}`}
        title={`Delete ${name}`}
        onClick={() => dialog.current?.showModal()}
      >
        <BinIcon />
      </button>
      <dialog ref={dialog} className="dialog" aria-labelledby={id} onClose={() => deletion.reset()}>
        <h2 id={id}>Delete {name}?</h2>
        <p className="muted">
          All that they reported goes with them, also from the meetings of everybody else. This can’t be undone.
        </p>
        {deletion.error && <Failure title="Not deleted" error={deletion.error} onRetry={() => deletion.mutate()} />}
        <div className="buttons">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            Keep
          </button>
          <button
            type="button"
            className="button button-danger"
            disabled={deletion.isPending}
            onClick={() => deletion.mutate()}
          >
            {deletion.isPending ? "Deleting…" : `Delete ${name}`}
          </button>
        </div>
      </dialog>
    </>
  );
}
