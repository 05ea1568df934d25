"""How long a test waits before it is taken for hanging, and how it waits."""

import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

# No test passes or fails by how fast this machine is: what is waited for comes within milliseconds or seconds on a free
# core, and within this time on one that a hundred others share. It only ends a test that would never end. How fast
# things are is measured by the benchmarks.
PATIENCE_S = 600.0


def poll_until(
    condition: Callable[[], Result | None], timeout_s: float = PATIENCE_S, interval_s: float = 0.1
) -> Result:
    """Call the condition until its value is truthy, and return that; an AssertionError after `timeout_s`."""
    deadline = time.monotonic() + timeout_s
    while not (value := condition()):
        assert time.monotonic() < deadline, f"still {value!r} after {timeout_s} s"
        time.sleep(interval_s)
    return value
