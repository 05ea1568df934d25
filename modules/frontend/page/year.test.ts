import { expect, test } from "vitest";
import { expectNothingSticksOut, LOOKS, seriousViolations, withBrowser } from "./browser";
import { day, FRONTEND, linkTo, often } from "./system";

const { open } = withBrowser();
const SCHEMES = ["light", "dark"] as const;

test.each(LOOKS)("a year is looked at, a day chosen with the keyboard, and its meetings shown, %s; axe finds nothing", async (_, look) => {
  const asked: string[] = [];
  const page = await open(linkTo(often.id, FRONTEND, often.from), look, (made) =>
    Promise.resolve(made.on("request", (request) => asked.push(request.url()))),
  );
  await page.locator(".meeting .row").first().waitFor();
  expect(asked.filter((url) => url.includes("summary=") || url.includes("YearView"))).toEqual([]);

  await page.getByRole("link", { name: "Year", exact: true }).click();
  const first = page.getByRole("button", { name: /^Mon 5 Jan 2026: .* with 1 person$/ });
  await first.waitFor();
  await expectNothingSticksOut(page.getByRole("region", { name: "Year", exact: true }));
  expect((await first.boundingBox())?.width).toBeGreaterThanOrEqual(20);

  await first.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/from=2026-01-12&to=2026-01-12&zone=UTC/);
  const chosen = page.getByRole("region", { name: "Chosen day" });
  await chosen.getByText("Dan Desk").waitFor();
  await chosen.getByText(/^48 meetings/).waitFor();
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    expect(await seriousViolations(page), colorScheme).toEqual([]);
  }
  await chosen.getByRole("link", { name: "Show its meetings" }).click();
  await page.getByText("48 meetings with 1 person").waitFor();
});

test("a year without anybody says so", async () => {
  const page = await open(`${linkTo(often.id)}&see=year&year=1999`);
  await page.getByText("Nobody met", { exact: true }).waitFor();
  await page.getByLabel("The year after, 2000").waitFor();
  expect(page.url()).toContain(day);
});
