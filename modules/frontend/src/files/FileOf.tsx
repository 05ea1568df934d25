import { useState } from "react";
import { Problem } from "../api/fetchOrThrow";
import { formatCount } from "../time/format";
import { Failure } from "../ui/Notice";
import { ChooseFile } from "./ChooseFile";
import { ReceiptOf } from "./ReceiptOf";
import { Sent } from "./Sent";
import { useUpload } from "./useUpload";

/** Which file, how far it is, and what has become of it. */
export function FileOf({ person, onClose }: { person: number; onClose: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  const { send, cancel, reset, progress, receipt, isCancelled, error } = useUpload(person);
  const refused = error instanceof Problem ? error.reason("name") : undefined;
  return (
    <>
      {!progress && !receipt && (
        <ChooseFile
          file={file}
          refusal={refused}
          onChange={(next) => {
            setFile(next);
            reset();
          }}
          onSend={send}
          onClose={onClose}
        />
      )}
      {error && !refused && file && <Failure title="The file didn’t get through" error={error} onRetry={() => send(file)} />}
      {/* There from the start, so that what comes into it is read out; how far it is is not. */}
      <div role="status">
        {progress && <p className="visually-hidden">{progress.stage === "sending" ? "Sending" : "Reading"}</p>}
        {isCancelled && <p>Cancelled. What was taken until then stays.</p>}
        {receipt && <p>{formatCount(receipt.accepted, "location", "locations")} taken.</p>}
      </div>
      {progress && <Sent progress={progress} onCancel={cancel} />}
      {receipt && (
        <ReceiptOf
          receipt={receipt}
          onAnother={() => {
            setFile(null);
            reset();
          }}
          onDone={onClose}
        />
      )}
    </>
  );
}
