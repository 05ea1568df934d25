import { expect, test, vi } from "vitest";
import { fetchOrThrow, Problem } from "./fetchOrThrow";

function answering(response: Response | Error) {
  vi.stubGlobal("fetch", () => (response instanceof Error ? Promise.reject(response) : Promise.resolve(response)));
  return fetchOrThrow("/api/persons").catch((error: unknown) => error);
}

test("a problem+json answer is thrown with its detail, fields and reasons", async () => {
  const errors = [{ field: "distance", reason: "must be greater than 0, is -1" }];
  const thrown = await answering(Response.json({ status: 400, detail: "distance is wrong", errors }, { status: 400 }));
  expect(thrown).toBeInstanceOf(Problem);
  expect(thrown).toMatchObject({ status: 400, message: "distance is wrong", isBadRequest: true });
  expect((thrown as Problem).reason("limit", "distance")).toBe("must be greater than 0, is -1");
});

test("an answer that is no problem+json still says what happened", async () => {
  const thrown = await answering(new Response("<html>", { status: 503, statusText: "Service Unavailable" }));
  expect(thrown).toMatchObject({ status: 503, message: "the server answered 503 Service Unavailable", errors: [] });
});

test("errors of another form are left out", async () => {
  const thrown = await answering(Response.json({ title: "Bad", errors: [null, { field: 1 }, "x"] }, { status: 400 }));
  expect(thrown).toMatchObject({ message: "Bad", errors: [] });
});

test("no answer at all is a problem too", async () => {
  expect(await answering(new TypeError("Failed to fetch"))).toMatchObject({ status: 0, isBadRequest: false });
});

test("an abort stays an abort", async () => {
  const abort = new DOMException("aborted", "AbortError");
  vi.stubGlobal("fetch", () => Promise.reject(abort));
  const signal = AbortSignal.abort();
  await expect(fetchOrThrow("/api/persons", { signal })).rejects.toBe(abort);
});
