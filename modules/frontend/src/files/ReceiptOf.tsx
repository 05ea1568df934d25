import type { Receipt } from "../api/files";
import { harmless } from "../api/persons";
import { Notice } from "../ui/Notice";

/** The most common ones: a file may be wrong in as many ways as it has lines. */
const MOST_REASONS = 10;

/** What was not taken and why, and what was taken on trust. */
export function ReceiptOf({
  receipt,
  onAnother,
  onDone,
}: {
  receipt: Receipt;
  onAnother: () => void;
  onDone: () => void;
}) {
  const { accepted, refused, unreadable, rejected, reasons, remarks, failure } = receipt;
  const left = refused + unreadable;
  return (
    <div className="receipt">
      {left > 0 && <p>{left.toLocaleString("en-GB")} not taken:</p>}
      {reasons.length > 0 && (
        <ul className="reasons" aria-label="Why">
          {reasons.slice(0, MOST_REASONS).map(({ reason, count }) => (
            <li key={reason}>
              <span>{count.toLocaleString("en-GB")}</span> {harmless(reason)}
            </li>
          ))}
          {reasons.length > MOST_REASONS && <li className="muted">and {reasons.length - MOST_REASONS} other reasons</li>}
        </ul>
      )}
      {rejected.length > 0 && (
        <details>
          <summary>{whereabouts(rejected.length, left)}</summary>
          <ol className="rejected">
            {rejected.map(({ place, field, reason }, index) => (
              <li key={index}>{harmless(`${place}: ${field} ${reason}`)}</li>
            ))}
          </ol>
        </details>
      )}
      {remarks.map((remark) => (
        <p key={remark} className="muted">
          {harmless(remark)}
        </p>
      ))}
      {failure !== null && (
        <Notice tone="trouble" title={accepted + left > 0 ? "Not read to its end" : "Not read"}>
          {harmless(failure)}
        </Notice>
      )}
      <div className="buttons">
        <button type="button" className="button" onClick={onAnother}>
          Send another file
        </button>
        <button type="button" className="button button-primary" autoFocus onClick={onDone}>
          Done
        </button>
      </div>
    </div>
  );
}

function whereabouts(listed: number, all: number): string {
  if (listed < all) return `Where the first ${listed} stand`;
  return all === 1 ? "Where it stands" : "Where they stand";
}
