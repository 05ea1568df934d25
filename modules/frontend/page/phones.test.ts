import { expect, test } from "vitest";
import { expectNothingSticksOut, LOOKS, seriousViolations, withBrowser } from "./browser";
import { CONNECTION, day, FRONTEND, linkTo, PERSON, shy, somebody } from "./system";

const { open } = withBrowser();

test.each(LOOKS)("a phone is connected with a code, listed, and disconnected, %s; axe finds nothing", async (_, look) => {
  const id = await somebody("Ada Phone");
  const page = await open(`${FRONTEND}/?person=${id}`, look);
  await page.getByRole("button", { name: "Phones of Ada Phone" }).click();
  const dialog = page.getByRole("dialog", { name: "Phones of Ada Phone" });
  await dialog.getByText("None reports yet.").waitFor();
  expect(await seriousViolations(page)).toEqual([]);

  await dialog.getByLabel("Name of the phone").fill("Ada’s phone");
  await dialog.getByRole("button", { name: "Connect", exact: true }).click();
  await dialog.getByRole("img", { name: "Code that sets up OwnTracks" }).waitFor();
  expect(await dialog.getByRole("link", { name: "Open OwnTracks on this phone" }).getAttribute("href")).toMatch(/^owntracks:/);
  expect(await seriousViolations(page)).toEqual([]);
  await expectNothingSticksOut(dialog);
  const [device] = (await (await fetch(`${PERSON}/api/persons/${id}/devices`)).json()) as { name: string }[];
  expect(device?.name).toBe("Ada’s phone");

  await dialog.getByRole("button", { name: "Done" }).click();
  await dialog.getByText("OwnTracks, not heard of yet").waitFor();
  await dialog.getByRole("button", { name: "Disconnect Ada’s phone" }).click();
  await dialog.getByText(/^OwnTracks, disconnected/).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
});

test.each(LOOKS)("sharing is paused and resumed, and the last hour forgotten, %s; axe finds nothing", async (_, look) => {
  const id = await somebody("Ada Phone");
  const pausedAt = async () =>
    ((await (await fetch(`${PERSON}/api/persons/${id}/sharing`)).json()) as { paused_at: string | null }).paused_at;
  const page = await open(`${FRONTEND}/?person=${id}`, look);
  await page.getByRole("button", { name: "Phones of Ada Phone" }).click();
  const dialog = page.getByRole("dialog", { name: "Phones of Ada Phone" });
  const sharing = dialog.getByRole("switch", { name: "Share where I am" });
  await sharing.click();
  await dialog.getByText(/^Paused since .*\d\d:\d\d\. Nothing is taken from any phone\.$/).waitFor();
  expect(await sharing.isChecked()).toBe(false);
  expect(await pausedAt()).not.toBeNull();
  expect(await seriousViolations(page)).toEqual([]);
  await expectNothingSticksOut(dialog);
  await sharing.click();
  await dialog.getByText("What the phones report is taken.").waitFor();
  expect(await pausedAt()).toBeNull();

  const opener = dialog.getByRole("button", { name: "Forget…" });
  await opener.click();
  const asked = page.getByRole("dialog", { name: "Forget where Ada Phone was" });
  await asked.getByRole("button", { name: "From – to" }).click();
  await expectNothingSticksOut(asked);
  expect(await seriousViolations(page)).toEqual([]);
  await asked.getByRole("button", { name: "Last hour" }).click();
  await asked.getByRole("button", { name: "Continue" }).click();
  await asked.getByText(/^Deletes every location of Ada Phone from .* until now, for good\./).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await asked.getByRole("button", { name: "Delete", exact: true }).click();
  await asked.getByText("0 locations deleted.").waitFor();
  await expectNothingSticksOut(asked);
  expect(await seriousViolations(page)).toEqual([]);
  await asked.getByRole("button", { name: "Done" }).click();
  await asked.waitFor({ state: "hidden" });
  expect(await opener.evaluate((element) => element === document.activeElement)).toBe(true);
});

test("a meeting in a time that is forgotten is gone from the page, and its locations from REST", async () => {
  const page = await open(linkTo(shy));
  const meetings = page.locator(".meeting .row");
  await meetings.first().waitFor();
  await page.getByRole("button", { name: /^Phones of/ }).click();
  await page.getByRole("button", { name: "Forget…" }).click();
  const asked = page.getByRole("dialog", { name: /^Forget where/ });
  await asked.getByRole("button", { name: "From – to" }).click();
  await asked.getByLabel("From", { exact: true }).fill(`${day}T10:00`);
  await asked.getByLabel("To", { exact: true }).fill(`${day}T10:02`);
  await asked.getByRole("button", { name: "Continue" }).click();
  await asked.getByText(/ from Mon 2 Mar 2026, 10:00 to Mon 2 Mar 2026, 10:02, for good\./).waitFor();
  await asked.getByRole("button", { name: "Delete", exact: true }).click();
  await asked.getByText("7 locations deleted.").waitFor();
  await expect.poll(() => meetings.count()).toBe(0);
  const left = await fetch(`${CONNECTION}/api/persons/${shy}/locations?start_date=${day}&end_date=${day}`);
  expect(await left.json()).toEqual([]);
});
