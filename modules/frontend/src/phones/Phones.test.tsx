import { within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { device, FakeServices, person } from "../api/fakeServices";
import { openPhones } from "./openPhones";

vi.mock("../map/Stage", () => ({ default: () => <p>Map</p> }));

let services: FakeServices;

beforeEach(() => {
  services = new FakeServices({ persons: [person(1, "Ada Byron")] });
});

test("a phone is connected: a code, a link and what to type are shown once, and then it is in the list", async () => {
  const { user, dialog } = await openPhones(services);
  await within(dialog).findByText("None reports yet.");
  await user.type(within(dialog).getByLabelText("Name of the phone"), "Ada’s phone");
  await user.selectOptions(within(dialog).getByLabelText("App"), "OwnTracks (Android, iOS)");
  await user.click(within(dialog).getByRole("button", { name: "Connect" }));
  await within(dialog).findByRole("img", { name: "Code that sets up OwnTracks" });
  const link = within(dialog).getByRole("link", { name: "Open OwnTracks on this phone" });
  expect(link.getAttribute("href")).toBe("owntracks:///config?inline=secret-1");
  expect(within(dialog).getByText("http://phones.example/phone/secret-1")).toBeTruthy();

  await user.click(within(dialog).getByRole("button", { name: "Done" }));
  await within(dialog).findByText("OwnTracks, not heard of yet");
  expect(dialog.textContent).not.toContain("secret-1");
});

test("phones are listed with when they were last heard of, and one that is disconnected is no longer connected", async () => {
  services.devices.push(
    device(1, "Ada’s phone", { last_seen_at: "2026-03-02T10:00:00Z", last_accuracy_m: 12 }),
    device(2, "old\u202e one", { app: "traccar", revoked_at: "2026-03-01T10:00:00Z" }),
  );
  const { user, dialog } = await openPhones(services);
  await within(dialog).findByText(/^OwnTracks, last heard of .*, within 12 m$/);
  expect(within(dialog).getByText(/^Traccar Client, disconnected /)).toBeTruthy();
  expect(within(dialog).getByText("old one")).toBeTruthy();
  await user.click(within(dialog).getByRole("button", { name: "Disconnect Ada’s phone" }));
  await within(dialog).findByText(/^OwnTracks, disconnected /);
  expect(within(dialog).queryByRole("button", { name: /^Disconnect/ })).toBeNull();
});

test("what person_service refuses is said at the name, or with what can be done", async () => {
  const { user, dialog } = await openPhones(services);
  services.refusal = { field: "name", reason: "must not be blank" };
  const name = within(dialog).getByLabelText("Name of the phone");
  await user.type(name, " x");
  await user.click(within(dialog).getByRole("button", { name: "Connect" }));
  expect((await within(dialog).findByText("must not be blank")).id).toBe(name.getAttribute("aria-describedby"));
  services.refusal = { field: "devices", reason: "are 20 already" };
  await user.click(within(dialog).getByRole("button", { name: "Connect" }));
  expect((await within(dialog).findByRole("alert")).textContent).toContain("Devices are 20 already");
});
