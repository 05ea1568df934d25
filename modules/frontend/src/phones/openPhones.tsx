import { screen, within } from "@testing-library/react";
import type { FakeServices } from "../api/fakeServices";
import { openApp } from "../app/openApp";

/** The page of Ada Byron, person 1, with her phones open, for tests. */
export async function openPhones(services: FakeServices) {
  const user = openApp(services, "?person=1&from=2026-03-02&to=2026-03-03&zone=UTC");
  await user.click(await screen.findByRole("button", { name: "Phones of Ada Byron" }));
  const dialog = await screen.findByRole("dialog", { name: "Phones of Ada Byron" });
  await within(dialog).findByRole("heading", { name: "Connect a phone" });
  return { user, dialog };
}
