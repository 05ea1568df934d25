import { useId, useState, type ComponentProps, type ReactNode } from "react";

/** A button, and behind it a dialog. What is in it begins anew each time it is opened. */
export function DialogButton({
  label,
  title,
  children,
  className = "",
  ...dialogProps
}: Omit<ComponentProps<"dialog">, "children"> & {
  label: string;
  title: string;
  children: (close: () => void) => ReactNode;
}) {
  const id = useId();
  const [dialog, setDialog] = useState<HTMLDialogElement | null>(null);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="button"
        onClick={() => {
          setOpen(true);
          dialog?.showModal();
        }}
      >
        {label}
      </button>
      <dialog
        {...dialogProps}
        ref={setDialog}
        className={`dialog ${className}`.trim()}
        aria-labelledby={id}
        onClose={() => setOpen(false)}
      >
        <h2 id={id}>{title}</h2>
        {isOpen && children(() => dialog?.close())}
      </dialog>
    </>
  );
}
