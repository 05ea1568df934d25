import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import type { FakeUpload } from "../api/fakeUpload";
import { FakeServices, meeting, person } from "../api/fakeServices";
import type { Reading, Receipt } from "../api/files";
import { openPhones } from "../phones/openPhones";

vi.mock("../map/Stage", () => ({ default: () => <p>Map</p> }));

let services: FakeServices;

beforeEach(() => {
  services = new FakeServices({ persons: [person(1, "Ada Byron")] });
});

const DAY = new File(["<gpx/>"], "day.gpx");
const READING: Reading = { stage: "reading", read_bytes: 3, bytes: 6, accepted: 12_300, refused: 0, unreadable: 0 };
const NOTHING_LEFT = { rejected: [], reasons: [], remarks: [], failure: null };
const RECEIPT: Receipt = { ...READING, ...NOTHING_LEFT, stage: "done", read_bytes: 6, accepted: 12_345 };

async function openFile() {
  const { user, dialog } = await openPhones(services);
  await user.click(within(dialog).getByRole("button", { name: "Add from a file…" }));
  const asked = within(await screen.findByRole("dialog", { name: "Add where Ada Byron was" }));
  return { user, dialog, asked };
}

function uploadOf(number: number): FakeUpload {
  const upload = services.uploads[number - 1];
  if (!upload) throw new Error(`no ${number} files were sent`);
  return upload;
}

/** A file has been chosen and is on its way. */
async function sendFile() {
  const opened = await openFile();
  await opened.user.upload(opened.asked.getByLabelText(/^Choose a file/), DAY);
  await opened.user.click(opened.asked.getByRole("button", { name: "Send" }));
  return { ...opened, upload: uploadOf(1) };
}

function answer(upload: FakeUpload, ...states: Reading[]): void {
  act(() => upload.answer(states.map((state) => `${JSON.stringify(state)}\n`).join("")));
}

function finish(upload: FakeUpload, receipt: Receipt): void {
  answer(upload, receipt);
  act(() => upload.end());
}

test("a file is sent as it is, with its name and the viewer's zone", async () => {
  const { user, asked } = await openFile();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  asked.getByText(new RegExp(`Times without a zone are those of ${zone}`));
  const send = asked.getByRole<HTMLButtonElement>("button", { name: "Send" });
  expect(send.disabled).toBe(true);
  await user.upload(asked.getByLabelText(/^Choose a file/), DAY);
  await user.click(send);
  const upload = uploadOf(1);
  expect(upload.url.pathname).toBe("/api/persons/1/files");
  expect(Object.fromEntries(upload.url.searchParams)).toEqual({ name: "day.gpx", zone });
  expect(upload.headers.get("Content-Type")).toBe("application/octet-stream");
  expect(upload.body).toBe(DAY);
});

test("a file can be dropped; one that misses is not opened instead of the page", async () => {
  const { user, asked } = await openFile();
  const dialog = screen.getByRole("dialog", { name: "Add where Ada Byron was" });
  expect(fireEvent.drop(dialog, { dataTransfer: { files: [DAY] } })).toBe(false);
  expect(asked.queryByText("day.gpx")).toBeNull();
  expect(fireEvent.drop(asked.getByRole("form"), { dataTransfer: { files: [DAY] } })).toBe(false);
  asked.getByText("day.gpx");
  await user.click(asked.getByRole("button", { name: "Send" }));
  expect(uploadOf(1).body).toBe(DAY);
});

test("how far it is is shown, first on its way, then in being read; only what it comes to is read out", async () => {
  const { asked, upload } = await sendFile();
  act(() => upload.sent(42, 100));
  expect(asked.getByLabelText<HTMLProgressElement>("Sending, 42 %").value).toBeCloseTo(0.42);
  expect(asked.getByRole("status").textContent).toBe("Sending");
  answer(upload, { ...READING, stage: "waiting", read_bytes: 0, accepted: 0 });
  asked.getByLabelText("Waiting until others are read");
  answer(upload, { ...READING, accepted: 1 }, READING);
  expect(asked.getByLabelText<HTMLProgressElement>("Reading: 12,300 locations taken").value).toBe(0.5);
  act(() => upload.answer('{"stage": "read')); // the rest of the line is on its way
  expect(asked.getByRole("status").textContent).toBe("Reading");
});

test("a receipt says what was taken, and meetings are looked up again; another file can be sent", async () => {
  const { user, asked, upload } = await sendFile();
  expect(screen.queryByText("Bob Noyce")).toBeNull();
  services.meetings.push(meeting(person(2, "Bob Noyce"), "2026-03-02T10:00:00Z"));
  finish(upload, RECEIPT);
  await waitFor(() => expect(asked.getByRole("status").textContent).toBe("12,345 locations taken."));
  expect(asked.queryByText(/not taken/)).toBeNull();
  expect(asked.queryByRole("progressbar")).toBeNull();
  expect(document.activeElement).toBe(asked.getByRole("button", { name: "Done" }));
  await screen.findByText("Bob Noyce");
  await user.click(asked.getByRole("button", { name: "Send another file" }));
  expect(asked.getByRole("status").textContent).toBe("");
  asked.getByLabelText(/^Choose a file/);
});

test("a receipt says what was not taken, why, and where it stands", async () => {
  const { asked, upload } = await sendFile();
  finish(upload, {
    ...RECEIPT,
    ...{ refused: 11, unreadable: 1_203 },
    rejected: [
      { place: "line 7", field: "latitude", reason: "must be a number, is 'no\u202erth'" },
      { place: "line 8", field: "latitude", reason: "must be a number, is 'south'" },
    ],
    reasons: [
      { reason: "latitude must be a number", count: 1_203 },
      { reason: "creation_time must not lie in the future", count: 1 },
      ...Array.from({ length: 10 }, (_, index) => ({ reason: `other ${index}`, count: 1 })),
    ],
    remarks: ["12 times name no zone and were taken as UTC."],
    failure: "It ends in the middle of a point",
  });
  await asked.findByText("1,214 not taken:");
  const why = within(asked.getByRole("list", { name: "Why" })).getAllByRole("listitem");
  const said = why.map(({ textContent }) => textContent);
  expect(said.slice(0, 2)).toEqual(["1,203 latitude must be a number", "1 creation_time must not lie in the future"]);
  expect(said.slice(9)).toEqual(["1 other 7", "and 2 other reasons"]);
  asked.getByText("Where the first 2 stand");
  asked.getByText("line 7: latitude must be a number, is 'no rth'");
  asked.getByText("12 times name no zone and were taken as UTC.");
  expect(asked.getByRole("alert").textContent).toContain("It ends in the middle of a point");
});

test("cancelling ends it, what was taken stays, and it can be sent again", async () => {
  const { user, asked, upload } = await sendFile();
  answer(upload, READING);
  const before = services.requestsOf("/encounters").length;
  await user.click(asked.getByRole("button", { name: "Cancel" }));
  expect(upload.isAborted).toBe(true);
  await asked.findByText("Cancelled. What was taken until then stays.");
  await waitFor(() => expect(services.requestsOf("/encounters").length).toBeGreaterThan(before));
  await user.click(asked.getByRole("button", { name: "Send" }));
  expect(uploadOf(2).body).toBe(DAY);
});

test("whoever closes the dialog ends it", async () => {
  const { upload } = await sendFile();
  act(() => screen.getByRole<HTMLDialogElement>("dialog", { name: "Add where Ada Byron was" }).close());
  await waitFor(() => expect(upload.isAborted).toBe(true));
});

test.each([
  ["without an answer", (upload: FakeUpload) => upload.lose(), "The server can’t be reached."],
  ["while it is sent", lostInSending, /^The connection was lost\. What was taken until then stays, .* again is harmless\.$/],
  ["while it is read", lostInReading, /^The connection was lost\. /],
  ["before it is done", endedEarly, /^The connection was lost\. /],
])("a connection that is lost %s can be tried again", async (_, lose, said) => {
  const { user, asked, upload } = await sendFile();
  act(() => lose(upload));
  const alert = within(await asked.findByRole("alert"));
  alert.getByText(said);
  await user.click(alert.getByRole("button", { name: "Try again" }));
  expect(asked.queryByRole("alert")).toBeNull();
  finish(uploadOf(2), RECEIPT);
  await asked.findByText("12,345 locations taken.");
});

function lostInSending(upload: FakeUpload): void {
  upload.sent(1, 6);
  upload.lose();
}

function lostInReading(upload: FakeUpload): void {
  upload.answer(`${JSON.stringify(READING)}\n`);
  upload.lose();
}

function endedEarly(upload: FakeUpload): void {
  upload.answer(`${JSON.stringify(READING)}\n`);
  upload.end();
}

test("what is refused about the file is said where it was chosen; whose turn it is not may try again", async () => {
  const { user, asked, upload } = await sendFile();
  const errors = [{ field: "name", reason: "must end with .gpx" }];
  act(() => upload.refuse(400, "name must end with .gpx", errors));
  const reason = await asked.findByText("must end with .gpx");
  expect(reason.id).toBe(asked.getByLabelText(/^day.gpx/).getAttribute("aria-describedby"));
  await user.upload(asked.getByLabelText(/^day.gpx/), DAY);
  await user.click(asked.getByRole("button", { name: "Send" }));
  act(() => uploadOf(2).refuse(415, "files of this kind are not known"));
  expect((await asked.findByRole("alert")).textContent).toContain("Files of this kind are not known.");
  expect(asked.queryByRole("button", { name: "Try again" })).toBeNull();
  await user.click(asked.getByRole("button", { name: "Send" }));
  act(() => uploadOf(3).refuse(429, "another file of this person is being read"));
  await user.click(await asked.findByRole("button", { name: "Try again" }));
  expect(services.uploads.length).toBe(4);
});

test("a file that is too large is not sent", async () => {
  const { user, asked } = await openFile();
  const large = new File([], "year.json");
  Object.defineProperty(large, "size", { value: 256 * 2 ** 20 + 1 });
  await user.upload(asked.getByLabelText(/^Choose a file/), large);
  asked.getByText("must have at most 256 MiB");
  expect(asked.getByRole<HTMLButtonElement>("button", { name: "Send" }).disabled).toBe(true);
});

test("whoever has to show a token is asked for it, and it goes with the file", async () => {
  const { user, asked, upload } = await sendFile();
  expect(upload.headers.has("Authorization")).toBe(false);
  act(() => upload.refuse(401, "no token was sent"));
  await user.type(await asked.findByLabelText("Access token"), "letmein");
  await user.click(asked.getByRole("button", { name: "Use it" }));
  await user.click(asked.getByRole("button", { name: "Send" }));
  expect(uploadOf(2).headers.get("Authorization")).toBe("Bearer letmein");
});
