import { expect, test } from "vitest";
import { seriousViolations, withBrowser } from "./browser";
import { FRONTEND, PERSON } from "./system";

const { open } = withBrowser();

async function somebody(): Promise<number> {
  const body = JSON.stringify({ first_name: "Ada", last_name: "Phone", company_name: "Engines" });
  const answer = await fetch(`${PERSON}/api/persons`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
  return ((await answer.json()) as { id: number }).id;
}

test.each([
  ["on a screen", {}],
  ["on a phone", { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
])("a phone is connected with a code, listed, and disconnected, %s; axe finds nothing", async (_, look) => {
  const id = await somebody();
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
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  const [device] = (await (await fetch(`${PERSON}/api/persons/${id}/devices`)).json()) as { name: string }[];
  expect(device?.name).toBe("Ada’s phone");

  await dialog.getByRole("button", { name: "Done" }).click();
  await dialog.getByText("OwnTracks, not heard of yet").waitFor();
  await dialog.getByRole("button", { name: "Disconnect Ada’s phone" }).click();
  await dialog.getByText(/^OwnTracks, disconnected/).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
});
