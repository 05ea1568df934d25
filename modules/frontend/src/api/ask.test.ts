import { beforeEach, expect, test, vi } from "vitest";
import { arrivedAnswer, ask, askEarly, forgetEarly } from "./ask";
import { FakeServices, person } from "./fakeServices";

const PATH = "/api/persons/1";
let services: FakeServices;

beforeEach(() => {
  forgetEarly();
  services = new FakeServices({ persons: [person(1, "Ada Byron")] });
  vi.stubGlobal("fetch", services.fetch);
});

test("what was asked early is not asked again, once", async () => {
  askEarly(PATH);
  expect((await ask(PATH)).body).toMatchObject({ first_name: "Ada" });
  expect(services.requests).toHaveLength(1);
  await ask(PATH);
  expect(services.requests).toHaveLength(2);
});

test("an answer that is here is had at once, and by one only", async () => {
  askEarly(PATH);
  expect(arrivedAnswer(PATH)).toBeUndefined();
  await vi.waitFor(() => expect(arrivedAnswer(PATH)?.body).toMatchObject({ first_name: "Ada" }));
  expect(arrivedAnswer(PATH)).toBeUndefined();
  await ask(PATH);
  expect(services.requests).toHaveLength(2);
});

test("what went wrong early is told to whoever asks, and then it is tried again", async () => {
  services.down.add("person_service");
  askEarly(PATH);
  await new Promise((resolve) => setTimeout(resolve)); // nobody has asked yet, and it is no unhandled rejection
  services.down.clear();
  expect(arrivedAnswer(PATH)).toBeUndefined();
  await expect(ask(PATH)).rejects.toMatchObject({ name: "Problem", status: 502 });
  expect((await ask(PATH)).body).toMatchObject({ first_name: "Ada" });
});

test("what nobody wanted to know is forgotten, also where its answer comes afterwards", async () => {
  askEarly(PATH);
  forgetEarly();
  await new Promise((resolve) => setTimeout(resolve));
  expect(arrivedAnswer(PATH)).toBeUndefined();
  await ask(PATH);
  expect(services.requests).toHaveLength(2);
});
