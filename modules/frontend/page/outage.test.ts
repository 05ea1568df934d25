import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { seriousViolations, withBrowser } from "./browser";
import { servePage } from "./serve";
import { CONNECTION, id, linkTo, PERSON, word } from "./system";

/** A way to a service that can be closed, or guarded, so that the service itself stays as it is for others. */
class Gate {
  isOpen = true;
  /** Who does not bring this is not let through. */
  token: string | null = null;
  #server: Server;

  constructor(target: string) {
    this.#server = createServer((incoming, outgoing) => {
      if (!this.isOpen) return void incoming.socket.destroy();
      const { method, headers } = incoming;
      if (this.token !== null && headers.authorization !== `Bearer ${this.token}`) {
        outgoing.writeHead(401, { "Content-Type": "application/problem+json" });
        return void outgoing.end(JSON.stringify({ title: "Unauthorized", status: 401, detail: "no token was sent" }));
      }
      delete headers.authorization;
      const forwarded = request(new URL(incoming.url ?? "/", target), { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      forwarded.on("error", () => outgoing.destroy());
      incoming.pipe(forwarded);
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

const gates = { person: new Gate(PERSON), connection: new Gate(CONNECTION) };
const { open } = withBrowser(/status of (401|502)/);
let origin: string;
let served: Awaited<ReturnType<typeof servePage>>;

beforeAll(async () => {
  served = await servePage({ PERSON_URL: await gates.person.listen(), CONNECTION_URL: await gates.connection.listen() });
  origin = served.origin;
});

afterEach(() => {
  gates.person.isOpen = gates.connection.isOpen = true;
  gates.person.token = gates.connection.token = null;
});

afterAll(async () => {
  await served.close();
  gates.person.close();
  gates.connection.close();
});

test("without connection_service people are found as ever, and their page says what is missing until it is back", async () => {
  gates.connection.isOpen = false;
  const page = await open(`${origin}/?q=${word}`);
  await page.getByRole("link", { name: new RegExp(word) }).click();
  await page.getByRole("heading", { name: new RegExp(word) }).waitFor();
  await page.getByText("Meetings can’t be shown right now").waitFor();
  await page.getByText("connection_service does not answer.", { exact: true }).waitFor();
  expect(await seriousViolations(page)).toEqual([]);

  gates.connection.isOpen = true;
  // The page may have tried by itself meanwhile: then the button is gone.
  await page.getByRole("button", { name: "Try again" }).evaluateAll((there: HTMLElement[]) => there.forEach((each) => each.click()));
  await page.getByText("Meetings can’t be shown right now").waitFor({ state: "detached" });
});

test("without person_service a link still shows the meetings as far as they can be had, and then all", async () => {
  gates.person.isOpen = false;
  const page = await open(linkTo(id, origin));
  await page.getByRole("heading", { name: `Person ${id}` }).waitFor();
  await page.locator(".meeting .row").first().waitFor();

  gates.person.isOpen = true;
  await page.getByRole("heading", { name: new RegExp(word) }).waitFor(); // by itself
});

test("a service that goes away meanwhile leaves what is there, and says that it may be old", async () => {
  const page = await open(linkTo(id, origin));
  await page.locator(".meeting .row").first().waitFor();
  gates.connection.isOpen = false;
  await page.locator(".meeting .row").first().click();
  await page.getByText(/The tracks of this meeting can’t be shown right now/).waitFor();
  expect(await page.locator(".meeting .row").count()).toBeGreaterThan(1);
});

test("services that want to know who asks are shown a token, which every request brings from then on", async () => {
  gates.person.token = gates.connection.token = "letmein";
  const page = await open(linkTo(id, origin));
  await page.getByText("Meetings can’t be shown right now").waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await page.getByLabel("Access token").fill("letmein");
  await page.getByRole("button", { name: "Use it" }).click();
  await page.locator(".meeting .row").first().waitFor();
  await page.getByRole("heading", { name: new RegExp(word) }).waitFor();
});
