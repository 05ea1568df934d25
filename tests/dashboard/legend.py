"""The names of lines, laid out below them."""

from collections.abc import Sequence
from typing import NamedTuple

LINE, LINES = 16, 3
CHARACTER = 6.0  # the width of one, about
LEFT, MARK = 10.0, 28.0


class Entry(NamedTuple):
    x: float
    number: int | None
    text: str


def legend(names: Sequence[str], width: float) -> list[list[Entry]]:
    """Where there are too many of them, the last one says how many are left out."""
    lines: list[list[Entry]] = [[]]
    x = 0.0
    for number, name in enumerate(names):
        text = name if len(name) * CHARACTER <= width - MARK else name[: int((width - MARK) / CHARACTER) - 1] + "…"
        wide = MARK + len(text) * CHARACTER
        last_line = len(lines) == LINES
        room = width - (60 if last_line and number < len(names) - 1 else 0)
        if x and x + wide > room:
            if last_line:
                lines[-1].append(Entry(LEFT + x - 12, None, f"and {len(names) - number} more"))
                return lines
            lines.append([])
            x = 0.0
        lines[-1].append(Entry(LEFT + x, number, text))
        x += wide
    return lines
