import { afterEach, expect, test, vi } from "vitest";
import { accessToken, authorization, keepAccessToken } from "./accessToken";

afterEach(() => {
  vi.unstubAllGlobals();
  keepAccessToken("");
});

test("where the browser keeps nothing, the page works without a token, and with one until it is left", () => {
  const blocked = () => {
    throw new DOMException("Access is denied for this document.", "SecurityError");
  };
  vi.stubGlobal("sessionStorage", new Proxy({}, { get: blocked }));
  expect(authorization("/api/persons")).toEqual({});
  keepAccessToken("letmein");
  expect(accessToken()).toBe("letmein");
  keepAccessToken("");
  expect(accessToken()).toBeNull();
});
