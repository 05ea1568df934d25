import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeServices } from "./fakeServices";
import { lookAgainOnceStored } from "./measured";

const NOON = Date.parse("2026-03-02T12:00:00Z");
const freshness = (lag: number, later_s: number) => `lag=${lag}, as_of=@${NOON / 1000 + later_s}`;

let services: FakeServices;
let isDone = false;

beforeEach(() => {
  vi.useFakeTimers();
  services = new FakeServices({});
  services.persons.push({ id: 1, first_name: "Ada", last_name: "Byron", company_name: "" });
  services.answeredAt = NOON;
  vi.stubGlobal("fetch", services.fetch);
  isDone = false;
});

afterEach(() => vi.useRealTimers());

function start(): void {
  void lookAgainOnceStored(new QueryClient(), 1).then(() => (isDone = true));
}

test("what was taken is looked up once the consumer says that nothing of it is on its way any more", async () => {
  services.freshness = freshness(0, 0); // which it said before
  start();
  await vi.advanceTimersByTimeAsync(1_000);
  services.freshness = freshness(2, 1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(isDone).toBe(false);
  services.freshness = freshness(0, 2);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(isDone).toBe(true);
});

test("it is not waited for for ever, nor where nothing is said of it, nor where nobody answers", async () => {
  services.freshness = freshness(1_000_000, 1);
  start();
  await vi.advanceTimersByTimeAsync(64_000);
  expect(isDone).toBe(true);

  services.freshness = null;
  await lookAgainOnceStored(new QueryClient(), 1);
  services.down.add("connection_service");
  await lookAgainOnceStored(new QueryClient(), 1);
});
