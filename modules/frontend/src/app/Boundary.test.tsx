import { render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { Boundary } from "./Boundary";
import { Stumbled } from "./Stumbled";

function open(Part: () => React.ReactNode) {
  vi.spyOn(console, "error").mockReturnValue(); // React says what it caught
  render(
    <Boundary fallback={(error, again) => <Stumbled error={error} onAgain={again} />}>
      <Part />
    </Boundary>,
  );
  return userEvent.setup();
}

test("whatever fails, the page says what it was, and shows itself again when asked to", async () => {
  let isBroken = true;
  const user = open(() => {
    if (isBroken) throw new RangeError("Invalid time zone specified: Etc/Unknown");
    return <p>Everything</p>;
  });
  expect(screen.getByRole("alert").textContent).toContain("RangeError: Invalid time zone specified: Etc/Unknown");
  expect(screen.getByRole("link", { name: "Begin from the start" }).getAttribute("href")).toBe("/");
  await user.click(screen.getByRole("button", { name: "Show it again" }));
  expect(screen.getByRole("alert")).toBeTruthy(); // it still is
  isBroken = false;
  await user.click(screen.getByRole("button", { name: "Show it again" }));
  expect(screen.getByText("Everything")).toBeTruthy();
});

test("what is thrown need not be an error", () => {
  open(() => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    throw "a word";
  });
  expect(screen.getByRole("alert").textContent).toContain("a word");
});

test("a part whose nodes somebody else has moved is made anew by itself, but not for ever", () => {
  let times = 0;
  open(() => {
    times += 1;
    throw new DOMException("The node to be removed is not a child of this node.", "NotFoundError");
  });
  expect(screen.getByRole("alert").textContent).toContain("NotFoundError");
  expect(times).toBeLessThan(10);
});
