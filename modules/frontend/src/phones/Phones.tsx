import { lazy, Suspense, useId, useRef, useState } from "react";
import { nameOf, type Person } from "../api/persons";
import { Boundary } from "../app/Boundary";
import { PhoneIcon } from "../ui/icons";
import { Failure } from "../ui/Notice";
import { Skeleton } from "../ui/Skeleton";

/** What nobody sees who does not ask for it; its code comes then. */
const PhonesOf = lazy(() => import("./PhonesOf"));

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
        {isOpen && (
          <Boundary fallback={(error, again) => <Failure title="Phones can’t be shown right now" error={error} onRetry={again} />}>
            <Suspense fallback={<Skeleton rows={2} label="Looking for phones" />}>
              <PhonesOf person={person} onClose={() => dialog.current?.close()} />
            </Suspense>
          </Boundary>
        )}
      </dialog>
    </>
  );
}
