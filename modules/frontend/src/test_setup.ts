import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";
import { WAIT_HANGS_AFTER_MS } from "../deadlines";

configure({ asyncUtilTimeout: WAIT_HANGS_AFTER_MS });

beforeEach(() => {
  // One browser serves the tests of all files: each finds it as somebody does who just opened it.
  window.history.replaceState(null, "", "/");
  sessionStorage.clear();
  // jsdom lays nothing out.
  vi.stubGlobal("matchMedia", () => ({ matches: true, addEventListener: vi.fn(), removeEventListener: vi.fn() }));
  Element.prototype.scrollIntoView = () => undefined;
  // Nor does it show dialogs.
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function close() {
    this.open = false;
    this.dispatchEvent(new Event("close"));
  };
});

afterEach(cleanup);
