import type { ReactNode } from "react";
import { Problem } from "../api/fetchOrThrow";
import { AccessForm } from "./AccessForm";
import { LockIcon, PinIcon, WarningIcon } from "./icons";

const ICONS = { quiet: PinIcon, trouble: WarningIcon, locked: LockIcon };

/** Something to be told in place of, or above, what was asked for: what it is and what to do next. */
export function Notice({
  title,
  children,
  action,
  tone = "quiet",
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  tone?: "quiet" | "trouble" | "locked";
}) {
  const Icon = ICONS[tone];
  return (
    <div className={`notice notice-${tone}`} role={tone === "trouble" ? "alert" : "status"}>
      <Icon />
      <div className="notice-text">
        <p className="notice-title">{title}</p>
        {children && <div className="notice-body">{children}</div>}
        {action && <div className="notice-action">{action}</div>}
      </div>
    </div>
  );
}

/** A request that failed: what is missing now, why, and another try or what would let one in. */
export function Failure({ title, error, onRetry }: { title: string; error: Error; onRetry: () => void }) {
  if (error instanceof Problem && error.isDenied) return <Denied title={title} problem={error} />;
  const retry = error instanceof Problem && error.isBadRequest ? undefined : onRetry;
  return (
    <Notice
      tone="trouble"
      title={title}
      action={
        retry && (
          <button type="button" className="button" onClick={retry}>
            Try again
          </button>
        )
      }
    >
      {sentence(error.message)}
    </Notice>
  );
}

function Denied({ title, problem }: { title: string; problem: Problem }) {
  return (
    <Notice tone="locked" title={title} action={<AccessForm />}>
      {problem.status === 401
        ? "The services want to know who asks. A token from whoever runs them lets you in; it is kept until this tab is closed."
        : `What you have been let in with does not allow this. ${sentence(problem.message)}`}
    </Notice>
  );
}

function sentence(text: string): string {
  const startsWithName = /^\w+_/.test(text); // connection_service
  const first = startsWithName ? text : text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
