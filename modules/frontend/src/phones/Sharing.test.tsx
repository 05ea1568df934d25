import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { FakeServices, fix, meeting, person } from "../api/fakeServices";
import { openPhones } from "./openPhones";

vi.mock("../map/Stage", () => ({ default: () => <p>Map</p> }));

let services: FakeServices;

beforeEach(() => {
  services = new FakeServices({ persons: [person(1, "Ada Byron")] });
});

const sharingOf = (dialog: HTMLElement) =>
  within(dialog).findByRole<HTMLInputElement>("switch", { name: "Share where I am" });

async function openForget() {
  const { user, dialog } = await openPhones(services);
  await user.click(within(dialog).getByRole("button", { name: "Forget…" }));
  const asked = within(await screen.findByRole("dialog", { name: "Forget where Ada Byron was" }));
  return { user, dialog, asked };
}

test("sharing is paused, which says since when, and resumed; meetings are looked up again each time", async () => {
  const { user, dialog } = await openPhones(services);
  expect((await sharingOf(dialog)).checked).toBe(true);
  const before = services.requestsOf("/encounters").length;
  await user.click(await sharingOf(dialog));
  await within(dialog).findByText(/^Paused since \d\d:\d\d\. Nothing is taken from any phone\.$/);
  expect((await sharingOf(dialog)).checked).toBe(false);
  expect(services.sharing.paused_at).not.toBeNull();
  await waitFor(() => expect(services.requestsOf("/encounters").length).toBeGreaterThan(before));
  await user.click(await sharingOf(dialog));
  await within(dialog).findByText("What the phones report is taken.");
  expect((await sharingOf(dialog)).checked).toBe(true);
  expect(services.sharing.paused_at).toBeNull();
});

test("a pause of another day says of which", async () => {
  services.sharing = { paused_at: "2026-03-02T12:00:30Z" };
  const { dialog } = await openPhones(services);
  await within(dialog).findByText(/^Paused since Mon 2 Mar 2026, \d\d:00\. /);
  expect((await sharingOf(dialog)).checked).toBe(false);
});

test("what keeps sharing from being paused is said, nothing looks paused until it is, and it can be tried again", async () => {
  const { user, dialog } = await openPhones(services);
  await sharingOf(dialog);
  services.down.add("person_service");
  await user.click(await sharingOf(dialog));
  const alert = await within(dialog).findByRole("alert");
  expect(alert.textContent).toContain("Not paused");
  expect((await sharingOf(dialog)).checked).toBe(true);
  act(() => services.down.clear());
  await user.click(within(alert).getByRole("button", { name: "Try again" }));
  await within(dialog).findByText(/^Paused since /);
  expect(within(dialog).queryByRole("alert")).toBeNull();
});

test("the last hour is forgotten once that is confirmed, with a receipt, and what was made of it is gone", async () => {
  const now = new Date().toISOString();
  services.fixes.push(...Array.from({ length: 3212 }, () => fix(1, now)));
  services.meetings.push(meeting(person(2, "Bob Noyce"), "2026-03-02T10:00:00Z"));
  const { user, asked } = await openForget();
  await screen.findByText("Bob Noyce");
  expect(document.activeElement).toBe(asked.getByRole("button", { name: "Last hour" }));
  await user.click(asked.getByRole("button", { name: "Continue" }));
  asked.getByText(/^Deletes every location of Ada Byron from .*\d\d:\d\d until now, for good\. Meetings in that time disappear for everybody\.$/);
  expect(document.activeElement).toBe(asked.getByRole("button", { name: "Keep" }));
  expect(services.forgotten).toEqual([]);

  services.meetings.pop();
  await user.click(asked.getByRole("button", { name: "Delete" }));
  await waitFor(() => expect(asked.getByRole("status").textContent).toContain("3,212 locations deleted."));
  expect(document.activeElement).toBe(asked.getByRole("button", { name: "Done" }));
  expect(services.forgotten).toEqual([{ started_at: expect.stringMatching(/:00\.000Z$/) as string }]);
  const [{ started_at } = { started_at: "" }] = services.forgotten;
  expect(Math.round((Date.now() - Date.parse(started_at)) / 3_600_000)).toBe(1);
  await waitFor(() => expect(screen.queryByText("Bob Noyce")).toBeNull());
});

test("a range is forgotten as the viewer's clock has it, and has to have a length", async () => {
  services.fixes.push(fix(1, "2026-03-02T10:30:00"), fix(1, "2026-03-02T11:30:00"));
  const { user, asked } = await openForget();
  await user.click(asked.getByRole("button", { name: "From – to" }));
  fireEvent.change(asked.getByLabelText("From"), { target: { value: "2026-03-02T10:00" } });
  fireEvent.change(asked.getByLabelText("To"), { target: { value: "2026-03-02T10:00" } });
  await user.click(asked.getByRole("button", { name: "Continue" }));
  expect(asked.getByText("must be after the start").id).toBe(asked.getByLabelText("To").getAttribute("aria-describedby"));

  fireEvent.change(asked.getByLabelText("To"), { target: { value: "" } });
  asked.getByText("must be a day and a time");
  fireEvent.change(asked.getByLabelText("To"), { target: { value: "2999-03-02T11:00" } });
  asked.getByText("must not lie in the future: pause sharing for that");
  fireEvent.change(asked.getByLabelText("To"), { target: { value: "2026-03-02T11:00" } });
  await user.click(asked.getByRole("button", { name: "Continue" }));
  asked.getByText(/ from Mon 2 Mar 2026, 10:00 to Mon 2 Mar 2026, 11:00, for good\. /);
  await user.click(asked.getByRole("button", { name: "Delete" }));
  await asked.findByText("1 location deleted.");
  const [started_at, ended_at] = ["2026-03-02T10:00", "2026-03-02T11:00"].map((local) => new Date(local).toISOString());
  expect(services.forgotten).toEqual([{ started_at, ended_at }]);
});

test("whoever thinks better of it sends nothing, and is among the phones again", async () => {
  const { user, dialog, asked } = await openForget();
  await user.click(asked.getByRole("button", { name: "Last 24 hours" }));
  await user.click(asked.getByRole("button", { name: "Continue" }));
  await user.click(asked.getByRole("button", { name: "Keep" }));
  expect(screen.queryByRole("dialog", { name: "Forget where Ada Byron was" })).toBeNull();
  expect(within(dialog).getByRole("button", { name: "Connect" })).toBeTruthy();
  expect(services.requestsOf("/forgotten")).toEqual([]);
});

test("what is refused is said where it was chosen; what may pass can be tried again", async () => {
  const { user, asked } = await openForget();
  await user.click(asked.getByRole("button", { name: "From – to" }));
  await user.click(asked.getByRole("button", { name: "Continue" }));
  services.refusal = { field: "started_at", reason: "is too long ago" };
  await user.click(asked.getByRole("button", { name: "Delete" }));
  const reason = await asked.findByText("is too long ago");
  expect(reason.id).toBe(asked.getByLabelText("From").getAttribute("aria-describedby"));

  services.down.add("person_service");
  await user.click(asked.getByRole("button", { name: "Continue" }));
  await user.click(asked.getByRole("button", { name: "Delete" }));
  const alert = await asked.findByRole("alert");
  expect(alert.textContent).toContain("person_service does not answer");
  act(() => services.down.clear());
  await user.click(within(alert).getByRole("button", { name: "Try again" }));
  await asked.findByText("0 locations deleted.");
});
