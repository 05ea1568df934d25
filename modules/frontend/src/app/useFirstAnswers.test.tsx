import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useFirstAnswers } from "./useFirstAnswers";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

/** The hook on a page that asks for `key`; `answer` lets the answer come. */
function pageThatAsksFor(key: string) {
  const queries = new QueryClient();
  const answers: ((answer: string) => void)[] = [];
  const asked = queries.query({ queryKey: [key], queryFn: () => new Promise<string>((resolve) => answers.push(resolve)) });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  );
  const { result } = renderHook(useFirstAnswers, { wrapper });
  const answer = () => {
    answers.forEach((resolve) => resolve("answer"));
    return asked;
  };
  return { result, answer };
}

test("what is heavy waits for the list", async () => {
  const { result, answer } = pageThatAsksFor("encounters");
  await pass(1_500);
  expect(result.current).toBe(false);
  await act(answer);
  await pass(100);
  expect(result.current).toBe(true);
});

test("it does not wait for long", async () => {
  const { result } = pageThatAsksFor("encounters");
  await pass(2_500);
  expect(result.current).toBe(true);
});

test("it does not wait for counts", async () => {
  const { result } = pageThatAsksFor("meeting count");
  await pass(100);
  expect(result.current).toBe(true);
});
