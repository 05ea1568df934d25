import { authorization } from "./accessToken";

/** One field of a request that a service did not accept, and why. */
export interface FieldError {
  field: string;
  reason: string;
}

/** A request that failed: the service's problem+json (RFC 9457), or as much of it as there was. Status 0: no answer. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly errors: readonly FieldError[];

  constructor(status: number, detail: string, errors: readonly FieldError[] = []) {
    super(detail);
    this.status = status;
    this.errors = errors;
  }

  /** Why the field was refused, or undefined. */
  reason(...fields: string[]): string | undefined {
    return this.errors.find((error) => fields.includes(error.field))?.reason;
  }

  /** The services do not know who asks (401), or do not allow it to whom they know (403). */
  get isDenied(): boolean {
    return this.status === 401 || this.status === 403;
  }

  /** The request itself is at fault, so that sending it again is of no use; which it is where there were too many (429). */
  get isBadRequest(): boolean {
    return this.status >= 400 && this.status < 500 && this.status !== 429;
  }
}

interface Request extends Omit<RequestInit, "headers"> {
  headers?: Record<string, string>;
}

/** fetch, but anything other than a 2xx answer is thrown as a Problem. An abort stays an AbortError. */
export async function fetchOrThrow(path: string, init?: Request): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers: { ...authorization(path), ...init?.headers } });
  } catch (error) {
    if (init?.signal?.aborted) throw error;
    throw new Problem(0, "the server can’t be reached");
  }
  if (!response.ok) throw await readProblem(response);
  return response;
}

/** Sends a body as JSON, and reads the answer's. */
export async function sendJson(method: "POST" | "PUT", path: string, body: unknown): Promise<unknown> {
  const headers = { "Content-Type": "application/json" };
  return (await fetchOrThrow(path, { method, headers, body: JSON.stringify(body) })).json();
}

/** What an answer other than 2xx says. */
export async function readProblem(response: Response): Promise<Problem> {
  const fallback = `the server answered ${response.status} ${response.statusText}`.trim();
  try {
    const body = (await response.json()) as { detail?: unknown; title?: unknown; errors?: unknown };
    const detail = [body.detail, body.title].find((text) => typeof text === "string" && text !== "");
    return new Problem(response.status, (detail as string | undefined) ?? fallback, readErrors(body.errors));
  } catch {
    return new Problem(response.status, fallback);
  }
}

function readErrors(errors: unknown): FieldError[] {
  if (!Array.isArray(errors)) return [];
  return errors.filter(
    (error: Partial<FieldError> | null): error is FieldError =>
      typeof error?.field === "string" && typeof error.reason === "string",
  );
}
