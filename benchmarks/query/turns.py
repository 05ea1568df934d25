"""Two that are asked the same, in turns: the machine is the same for both."""

from collections.abc import Callable
from typing import TypeVar

One = TypeVar("One")
Other = TypeVar("Other")


def in_turns(number: int, one: Callable[[], One], other: Callable[[], Other]) -> tuple[One, Other]:
    """Ask both, every second time the other one first: whoever comes second finds warm what the first one read."""
    if number % 2:
        second = other()
        return one(), second
    return one(), other()
