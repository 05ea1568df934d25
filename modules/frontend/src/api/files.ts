import { authorization } from "./accessToken";
import { Problem, readProblem } from "./fetchOrThrow";

/** How much of a file is taken. */
export const MOST_MIB = 256;

/** How far a file is on its way to the service. */
export interface Sending {
  stage: "sending";
  sent_bytes: number;
  bytes: number;
}

/** How far the service is with it: a line of its answer. */
export interface Reading {
  /** Waiting: others are read first. */
  stage: "waiting" | "reading" | "done";
  read_bytes: number;
  bytes: number;
  accepted: number;
  /** By the rules for locations: from the future, say, or of a time that is private. */
  refused: number;
  /** Rows that are no locations. */
  unreadable: number;
}

export type Progress = Sending | Reading;

/** One that was not taken: where in the file it stands, and why. */
export interface Rejected {
  place: string;
  field: string;
  reason: string;
}

/** What has become of a file: the last line. */
export interface Receipt extends Reading {
  stage: "done";
  /** The first ones. */
  rejected: Rejected[];
  /** Why, most common first. */
  reasons: { reason: string; count: number }[];
  remarks: string[];
  /** Why it was not read to its end; null where it was. */
  failure: string | null;
}

/**
 * Sends a file of a person's locations, and follows how it is read. What is accepted stays, also where the rest is lost or
 * `signal` ends it; the same file again is harmless. `zone`: of times that name none.
 *
 * With XMLHttpRequest, for fetch does not say how much has been sent.
 */
export function sendFile(
  person: number,
  file: File,
  zone: string,
  { onProgress, signal }: { onProgress: (progress: Progress) => void; signal: AbortSignal },
): Promise<Receipt> {
  const path = `/api/persons/${person}/files?${new URLSearchParams({ name: file.name, zone }).toString()}`;
  const request = new XMLHttpRequest();
  let hasBegun = false;
  return new Promise((resolve, reject) => {
    request.open("POST", path);
    const headers = { "Content-Type": "application/octet-stream", ...authorization(path) };
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      hasBegun = true;
      onProgress({ stage: "sending", sent_bytes: loaded, bytes: total });
    });
    request.addEventListener("progress", () => {
      hasBegun = true;
      const line = isAnswer(request) ? lastLine(request.responseText) : null;
      if (line) onProgress(line);
    });
    request.addEventListener("load", () => {
      if (!isAnswer(request)) return void problemOf(request).then(reject);
      const line = lastLine(request.responseText);
      if (line?.stage === "done") resolve(line as Receipt);
      else reject(lost());
    });
    request.addEventListener("error", () => reject(hasBegun ? lost() : new Problem(0, "the server can’t be reached")));
    request.addEventListener("abort", () => reject(signal.reason as Error));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

function lost(): Problem {
  return new Problem(0, "the connection was lost. What was taken until then stays, and sending the file again is harmless");
}

function isAnswer({ status }: XMLHttpRequest): boolean {
  return status === 200;
}

async function problemOf({ responseText, status, statusText }: XMLHttpRequest): Promise<Problem> {
  return readProblem(new Response(responseText, { status, statusText }));
}

/** The last one that has come to its end, or null. */
function lastLine(text: string): Reading | null {
  const end = text.lastIndexOf("\n");
  const line = text.slice(text.lastIndexOf("\n", end - 1) + 1, end);
  try {
    return end < 0 ? null : (JSON.parse(line) as Reading);
  } catch {
    return null;
  }
}
