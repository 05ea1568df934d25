import { expect, test } from "vitest";
import { expectNothingSticksOut, LOOKS, seriousViolations, withBrowser } from "./browser";
import { reporting } from "./reporting";
import { FRONTEND, somebody } from "./system";

const { open } = withBrowser();

test.each(LOOKS)("who comes near is shown while they are, and when they have left, %s; axe finds nothing", async (_, look) => {
  const [ada, grace] = [await somebody("Ada Near"), await somebody("Grace Close")];
  const page = await open(`${FRONTEND}/?person=${ada}`, look);
  await page.getByRole("link", { name: "Now", exact: true }).click();
  await page.getByText("It is quiet").waitFor();
  await expectNothingSticksOut(page.getByRole("region", { name: "Near now" }));

  const phones = await reporting(ada, grace);
  try {
    const here = page.getByRole("list", { name: "Near now" }).getByRole("link");
    await here.getByText("Grace Close").waitFor();
    await page.getByText("1 person near now").waitFor();
    await page.getByText("Meetings, larger the longer").waitFor(); // on the map
    await expectNothingSticksOut(page.getByRole("region", { name: "Near now" }));
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await seriousViolations(page), colorScheme).toEqual([]);
    }
    phones.part();
    await page.getByRole("list", { name: "In the last hour" }).getByText("Grace Close").waitFor();
    await page.getByText("Nobody near now").waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  } finally {
    await phones.stop();
  }
});
