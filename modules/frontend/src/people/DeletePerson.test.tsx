import { act, screen, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { FakeServices, person } from "../api/fakeServices";
import { openApp } from "../app/openApp";

vi.mock("../map/Stage", () => ({ default: () => <p>Map</p> }));

let services: FakeServices;

beforeEach(() => {
  services = new FakeServices({ persons: [person(1, "Ada Byron"), person(2, "Bob Noyce")] });
});

async function ask() {
  const user = openApp(services, "?q=ada");
  await user.click(await screen.findByRole("link", { name: /Ada Byron/ }));
  await user.click(await screen.findByRole("button", { name: "Delete Ada Byron" }));
  return { user, dialog: await screen.findByRole("dialog", { name: "Delete Ada Byron?" }) };
}

test("a person is deleted once that is confirmed, and is gone from the list", async () => {
  const { user, dialog } = await ask();
  expect(services.persons).toHaveLength(2);
  await user.click(within(dialog).getByRole("button", { name: "Delete Ada Byron" }));
  await screen.findByText("Ada Byron has been deleted");
  await screen.findByRole("link", { name: /Bob Noyce/ });
  expect(screen.queryByRole("link", { name: /Ada Byron/ })).toBeNull();
  expect(services.persons.map(({ id }) => id)).toEqual([2]);
});

test("whoever thinks better of it keeps the person", async () => {
  const { user, dialog } = await ask();
  await user.click(within(dialog).getByRole("button", { name: "Keep" }));
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(services.persons).toHaveLength(2);
});

test("a person whom somebody else has deleted meanwhile is gone as well", async () => {
  const { user, dialog } = await ask();
  services.persons.shift();
  await user.click(within(dialog).getByRole("button", { name: "Delete Ada Byron" }));
  await screen.findByText("Ada Byron has been deleted");
});

test("what keeps a person from being deleted is said, and it can be tried again", async () => {
  const { user, dialog } = await ask();
  services.down.add("person_service");
  await user.click(within(dialog).getByRole("button", { name: "Delete Ada Byron" }));
  expect((await within(dialog).findByRole("alert")).textContent).toContain("person_service does not answer");
  act(() => services.down.clear());
  await user.click(within(dialog).getByRole("button", { name: "Try again" }));
  await screen.findByText("Ada Byron has been deleted");
});
