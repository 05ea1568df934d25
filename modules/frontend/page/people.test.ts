import { expect, test } from "vitest";
import { withBrowser } from "./browser";
import { FRONTEND, PERSON, word } from "./system";

const { open } = withBrowser(/status of 404/);

test("a person is created, found, and deleted once that is confirmed", async () => {
  const name = `Grace ${word}hopper`;
  const page = await open(FRONTEND);
  await page.getByRole("button", { name: "Add a person" }).click();
  await page.getByLabel("First name").fill("Grace");
  await page.getByLabel("Last name").fill(`${word}hopper`);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("can’t be empty").waitFor();
  await page.getByLabel("Company").fill("Compilers");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("heading", { name }).waitFor();
  await page.getByText("No locations yet").waitFor();
  const id = new URL(page.url()).searchParams.get("person") ?? "";

  await page.getByRole("button", { name: `Delete ${name}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Keep" }).click();
  expect((await fetch(`${PERSON}/api/persons/${id}`)).status).toBe(200);
  await page.getByRole("button", { name: `Delete ${name}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: `Delete ${name}` }).click();
  await page.getByText(`${name} has been deleted`).waitFor();
  expect((await fetch(`${PERSON}/api/persons/${id}`)).status).toBe(404);
  await page.getByRole("searchbox", { name: "Find a person" }).fill(`${word}hopper`);
  await page.getByText(/Nobody matches/).waitFor();

  await page.goto(`${FRONTEND}/?person=${id}`);
  await page.getByText(`Nobody has the number ${id}`).waitFor();
});
