import { expect, test } from "vitest";
import { formatView, parseView, type View } from "./view";

const NOW = Date.parse("2026-03-10T12:00:00Z");

test("a view survives the address bar", () => {
  const view: View = {
    query: "",
    person: 12,
    from: "2026-03-02",
    to: "2026-03-04",
    zone: "America/New_York",
    distance: "2.5",
    minimumMinutes: "5",
    method: "fixes",
    minimumProbability: "50",
    timeWindow: "any",
    interpolate: true,
    includePossible: true,
    grouping: "person",
    contact: 7,
    meeting: { person: 7, startedAt: "2026-03-02T10:32:00.25Z", moment: "2026-03-02T10:40:07.000Z" },
    aspect: "year",
    year: 2025,
    minimumPeople: "3",
    group: null,
  };
  const address = formatView(view);
  expect(address).toBe(
    "?person=12&from=2026-03-02&to=2026-03-04&zone=America/New_York&distance=2.5&min=5&method=fixes&window=any&interpolate=true&possible=true&by=person&with=7&meeting=7@2026-03-02T10:32:00.25Z&moment=2026-03-02T10:40:07.000Z&see=year&year=2025",
  );
  expect(parseView(address, NOW)).toEqual(view);
});

test("which groups are looked at is in the address, and nothing of it while something else is", () => {
  const address = "?person=1&from=2026-03-02&to=2026-03-02&zone=UTC&see=groups&people=4&group=1.2.3@2026-03-02T09:00:00Z";
  const view = parseView(address, NOW);
  expect(view).toMatchObject({ aspect: "groups", minimumPeople: "4", group: "1.2.3@2026-03-02T09:00:00Z" });
  expect(formatView(view)).toBe(address);
  expect(formatView({ ...view, aspect: "year" })).toBe("?person=1&from=2026-03-02&to=2026-03-02&zone=UTC&see=year");
});

test("the start has a bare address", () => {
  expect(formatView(parseView("", NOW))).toBe("");
  expect(formatView(parseView("?q=ada+l", NOW))).toBe("?q=ada+l");
});

test("a person without days is shown with the last seven", () => {
  expect(parseView("?person=3&zone=UTC", NOW)).toMatchObject({ person: 3, from: "2026-03-04", to: "2026-03-10" });
});

test("what makes no sense is left out", () => {
  const view = parseView("?person=-3&from=2026-02-30&to=x&zone=Mars/Olympus&by=moon&meeting=7@soon&see=future&year=soon", NOW);
  expect(view).toMatchObject({ person: null, grouping: "day", meeting: null, aspect: "meetings", year: null });
  expect(view.from < view.to).toBe(true);
});

test("how sure a meeting must be is of the estimate; a link from before there was one means fixes", () => {
  const sure = "?person=1&from=2026-03-02&to=2026-03-02&zone=UTC&sure=80";
  expect(parseView(sure, NOW)).toMatchObject({ method: "estimate", minimumProbability: "80" });
  expect(formatView(parseView(sure, NOW))).toBe(sure);
  for (const old of ["window=90", "interpolate=true", "possible=true"]) {
    expect(parseView(`?person=1&${old}`, NOW).method).toBe("fixes");
  }
});

test("figures go on to the services as they were typed", () => {
  expect(parseView("?person=1&distance=-1&window=soon&min=", NOW)).toMatchObject({
    distance: "-1",
    timeWindow: "soon",
    minimumMinutes: "",
  });
});
