let last: Promise<unknown> = Promise.resolve();

/** Runs tasks one after the other, in the order in which they come, leaving out those that nobody waits for any more. */
export function inTurn<Result>(task: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  const turn = last.then(() => {
    signal.throwIfAborted();
    return task();
  });
  last = turn.catch(() => undefined);
  return turn;
}
