import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { FakeServices, person } from "../api/fakeServices";
import { encounter, type FakeStream } from "../api/fakeStream";
import { openApp } from "../app/openApp";

vi.mock("../map/Stage", () => ({ default: () => <p>Map</p> }));

const ADDRESS = "?person=1&from=2026-03-02&to=2026-03-02&zone=UTC";
const [ada, bob, eve] = [person(1, "Ada Byron"), person(2, "Bob Noyce"), person(3, "Eve Curie")];
let services: FakeServices;

beforeEach(() => {
  services = new FakeServices({ persons: [ada, bob, eve] });
});

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const names = (list: string) => within(screen.getByRole("list", { name: list })).getAllByRole("link").map(({ textContent }) => textContent);

async function listening(number: number): Promise<FakeStream> {
  await waitFor(() => expect(services.streams.length).toBeGreaterThanOrEqual(number));
  const stream = services.streams[number - 1];
  if (!stream) throw new Error("nobody listens");
  return stream;
}

test("nobody is listened to before that is looked at, and then who comes and goes is told", async () => {
  const user = openApp(services, ADDRESS);
  const now = await screen.findByRole("link", { name: "Now" });
  expect(services.streams).toEqual([]);
  await user.click(now);
  const stream = await listening(1);
  stream.tell({ id: "4", name: "now", data: { encounters: [encounter(7, bob, ago(26))] } });
  await screen.findByText("1 person near now");
  expect(names("Near now")).toEqual([expect.stringMatching(/^BNBob NoyceLoomssince \d\d:\d\d26 min · 1.8 m/)]);

  stream.tell({ id: "5", name: "begun", data: encounter(8, eve, ago(0)) });
  await screen.findByText("2 people near now");
  expect(names("Near now")[0]).toContain("Eve Curie");

  stream.tell({ id: "6", name: "ended", data: encounter(7, bob, ago(26), { ended_at: ago(1) }) });
  await screen.findByText("1 person near now");
  expect(names("In the last hour")).toEqual([expect.stringMatching(/Bob Noyce.*25 min/)]);

  stream.tell({ id: "7", name: "retracted", data: { id: 8 } });
  await screen.findByText("Nobody near now");
});

test("a stream that ends is followed by one that goes on after what was told", async () => {
  openApp(services, `${ADDRESS}&see=now`);
  const first = await listening(1);
  first.tell({ id: "4", name: "now", data: { encounters: [encounter(7, bob, ago(26))] } });
  await screen.findByText("1 person near now");
  first.tell({ name: "end", data: { reason: "stopping", detail: "come again" } });
  first.end();
  const second = await listening(2);
  expect(second.after).toBe("4");
  expect(screen.getByText("1 person near now")).toBeTruthy();
  second.tell({ id: "9", name: "corrected", data: encounter(7, bob, ago(40)) });
  await waitFor(() => expect(names("Near now")).toEqual([expect.stringContaining("40 min")]));
});

test("what was told stays where the connection is lost, which is said, and it goes on from there", async () => {
  const user = openApp(services, `${ADDRESS}&see=now`);
  const stream = await listening(1);
  stream.tell({ id: "4", name: "now", data: { encounters: [encounter(7, bob, ago(26))] } });
  await screen.findByText("1 person near now");
  stream.lose();
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toContain("The connection was lost.");
  expect(names("Near now")).toHaveLength(1);
  await user.click(within(alert).getByRole("button", { name: "Try again" }));
  expect((await listening(2)).after).toBe("4");
  await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
});

test("whoever was away for too long begins anew, so that nothing stays that was taken back", async () => {
  openApp(services, `${ADDRESS}&see=now`);
  const stream = await listening(1);
  stream.tell({ id: "4", name: "now", data: { encounters: [encounter(7, bob, ago(26)), encounter(8, eve, ago(5))] } });
  await screen.findByText("2 people near now");
  stream.tell({ id: "5", name: "ended", data: encounter(8, eve, ago(5), { ended_at: ago(1) }) });
  await screen.findByRole("list", { name: "In the last hour" });
  stream.tell({ name: "missed", data: { detail: "" } });
  stream.tell({ id: "90", name: "now", data: { encounters: [] } });
  await screen.findByText("It is quiet");
});

test("who is not let in is asked for a token, and then listens", async () => {
  services.token = "let-me-in";
  const user = openApp(services, `${ADDRESS}&see=now`);
  const [field] = await screen.findAllByLabelText("Access token");
  if (!field) throw new Error("no token is asked for");
  await user.type(field, "let-me-in{Enter}");
  (await listening(1)).tell({ id: "4", name: "now", data: { encounters: [] } });
  await screen.findByText("Nobody near now");
});

test("leaving ends the listening, and whoever comes back goes on", async () => {
  const user = openApp(services, `${ADDRESS}&see=now`);
  const stream = await listening(1);
  stream.tell({ id: "4", name: "now", data: { encounters: [encounter(7, bob, ago(26))] } });
  await user.click(await screen.findByRole("link", { name: "Year" }));
  await waitFor(() => expect(stream.isLeft).toBe(true));
  await user.click(screen.getByRole("link", { name: "Now" }));
  expect((await listening(2)).after).toBe("4");
});

test("somebody who has been deleted is not among those who were near any more, whatever is told next", async () => {
  const user = openApp(services, `${ADDRESS}&see=now`);
  (await listening(1)).tell({ id: "4", name: "now", data: { encounters: [encounter(7, bob, ago(26))] } });
  await user.click(await screen.findByRole("link", { name: /Bob Noyce/ }));
  await user.click(await screen.findByRole("button", { name: "Delete Bob Noyce" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Delete Bob Noyce" }));
  await user.click(await screen.findByRole("link", { name: /Ada Byron/ }));
  const before = services.streams.length;
  await user.click(await screen.findByRole("link", { name: "Now" }));
  await listening(before + 1);
  await screen.findByText("Nobody near now");
  expect(screen.queryByText("Bob Noyce")).toBeNull();
});
