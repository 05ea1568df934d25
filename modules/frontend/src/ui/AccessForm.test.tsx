import { screen, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { authorization } from "../api/accessToken";
import { FakeServices, person } from "../api/fakeServices";
import { openApp } from "../app/openApp";

vi.mock("../map/Stage", () => ({ default: () => <p>Map</p> }));

let services: FakeServices;

beforeEach(() => {
  services = new FakeServices({ persons: [person(1, "Ada Byron")] });
  services.token = "letmein";
});

test("whom the services do not know is told so, and is let in with a token", async () => {
  const user = openApp(services);
  await screen.findByText("People can’t be shown right now");
  await user.type(screen.getByLabelText("Access token"), "wrong{Enter}");
  const again = await screen.findByLabelText("Another access token");
  await user.clear(again);
  await user.type(again, "Bearer letmein{Enter}");
  const list = await screen.findByRole("navigation", { name: "People" });
  expect(within(list).getByRole("link", { name: /Ada Byron/ })).toBeTruthy();
});

test("nobody but the services of this origin sees the token", () => {
  sessionStorage.setItem("udaconnect.access_token", "letmein");
  expect(authorization("/api/persons")).toEqual({ Authorization: "Bearer letmein" });
  expect(authorization("https://maps.example/style.json")).toEqual({});
  expect(authorization("/config.json")).toEqual({});
});
