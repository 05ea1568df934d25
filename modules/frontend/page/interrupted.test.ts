import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Reading } from "../src/api/files";
import { withBrowser } from "./browser";
import { servePage } from "./serve";
import { CONNECTION, id, linkTo, PERSON } from "./system";

/** Reads every file to 12,300 locations, and then does nothing more. */
const answers: ServerResponse[] = [];
const names: (string | null)[] = [];
const halfWay: Reading = { stage: "reading", read_bytes: 5, bytes: 10, accepted: 12_300, refused: 0, unreadable: 0 };
const gateway = createServer((incoming, answer) => {
  names.push(new URL(incoming.url ?? "", "http://gateway").searchParams.get("name"));
  incoming.resume().on("end", () => {
    answers.push(answer);
    answer.writeHead(200, { "Content-Type": "application/x-ndjson" }).write(`${JSON.stringify(halfWay)}\n`);
  });
});

const { open } = withBrowser(/ERR_INCOMPLETE_CHUNKED_ENCODING/);
let served: Awaited<ReturnType<typeof servePage>>;

beforeAll(async () => {
  await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve));
  const { port } = gateway.address() as AddressInfo;
  served = await servePage({ PERSON_URL: PERSON, CONNECTION_URL: CONNECTION, PHONE_URL: `http://127.0.0.1:${port}` });
});

afterAll(async () => {
  await served.close();
  gateway.close();
  gateway.closeAllConnections();
});

test("a file that is dropped is followed as it is read, until it is cancelled; where the connection is lost, that is said", async () => {
  const page = await open(linkTo(id, served.origin));
  await page.getByRole("button", { name: /^Phones of/ }).click();
  await page.getByRole("button", { name: "Add from a file…" }).click();
  const asked = page.getByRole("dialog", { name: /^Add where/ });
  const dropped = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(["<gpx/>"], "a day’s.gpx"));
    return data;
  });
  await asked.getByRole("form").dispatchEvent("drop", { dataTransfer: dropped });
  const send = asked.getByRole("button", { name: "Send" });
  await send.click();
  await asked.getByRole("progressbar", { name: "Reading: 12,300 locations taken" }).waitFor();
  expect(names).toEqual(["a day’s.gpx"]);

  await asked.getByRole("button", { name: "Cancel" }).click();
  await asked.getByText("Cancelled. What was taken until then stays.").waitFor();
  await expect.poll(() => answers[0]?.closed).toBe(true);

  await send.click();
  await asked.getByText("Reading: 12,300 locations taken").waitFor();
  answers[1]?.destroy();
  await asked.getByText(/^The connection was lost\. What was taken until then stays/).waitFor();
});
