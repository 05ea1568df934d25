import { expect, test } from "vitest";
import { completenessOf, readFreshness } from "./freshness";

const AS_OF = Date.parse("2026-03-02T12:00:00Z");

function read(text: string, later_s = 1) {
  const headers = { "Udaconnect-Freshness": text, Date: new Date(AS_OF + later_s * 1000).toUTCString() };
  return readFreshness(new Headers(headers));
}

test("the header's members are read in any order, and what is missing is not known", () => {
  const seconds = AS_OF / 1000;
  expect(read(`newest=@${seconds - 60}, lag=12, as_of=@${seconds}`)).toEqual({
    newest: AS_OF - 60_000,
    lag: 12,
    asOf: AS_OF,
    answeredAt: AS_OF + 1000,
  });
  expect(read(`as_of=@${seconds},lag=0`)).toMatchObject({ newest: null, lag: 0, asOf: AS_OF });
  expect(read("newest=soon, lag=-1")).toMatchObject({ newest: null, lag: null, asOf: null });
  expect(readFreshness(new Headers())).toBeNull();
});

test.each([
  ["lag=0", 1, { state: "complete", until: AS_OF }],
  ["lag=12", 1, { state: "behind", records: 12 }],
  ["lag=0", 60, { state: "silent", since: AS_OF }],
  ["newest=@1", 1, { state: "unknown" }],
])("%s, answered %i s later", (lag, later_s, completeness) => {
  const freshness = read(`${lag}, as_of=@${AS_OF / 1000}`, later_s);
  expect(freshness && completenessOf(freshness)).toEqual(completeness);
});
