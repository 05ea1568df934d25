"""Reads JSON as a stream, one item at a time, whatever its form: a list, an object that holds lists, many of them.

Memory holds one item. Objects a line each (NDJSON) and behind record separators (RFC 8142) are as welcome as one
document: a line that is no JSON costs itself alone.
"""

import json
from collections.abc import Iterator
from io import TextIOWrapper
from typing import Any, NamedTuple

from location_client.readers.rows import Rejected, UnreadableFileError
from location_client.readers.text import CHUNK

LONGEST_ITEM = 1 << 25  # characters
LONGEST_FIRST_LINE = 1 << 18  # to find out whether there is an object a line
MOST_MEMBERS = 1000  # of an object that is kept: one that holds the lists has few
NEARLY_THE_END = 16  # characters in which a number, a word or an escape may have been cut off
RECORD_SEPARATOR = "\x1e"
ONE_OF_MANY = "[]"  # of a list without a name, or of objects a line each
SPACES_BEFORE = " \n\r\t\ufeff"
SPACE = SPACES_BEFORE + RECORD_SEPARATOR + "\0"  # zeros: what a loss of power leaves at the end


class Item(NamedTuple):
    """One item of a list, or a whole object that holds no list of those that are wanted."""

    line: int
    of: str  # the name of the list; ONE_OF_MANY; "": it is the whole document
    value: Any
    around: dict[str, Any]  # what was said before the list by the object that holds it


def items(text: TextIOWrapper, wanted: frozenset[str]) -> Iterator[Item | Rejected]:
    """The items of the lists that are called so, and objects without one. Raises UnreadableFileError."""
    window = Window(text)
    if window.has_an_object_a_line():
        yield from items_of_lines(window, wanted)
        return
    try:
        yield from items_of_documents(window, wanted)
    except json.JSONDecodeError as error:
        line = window.line_of(error.pos)
        raise UnreadableFileError(f"is not JSON from line {line} on: {error.msg}") from None
    except (RecursionError, ValueError) as error:  # nested too deeply; a number of thousands of digits
        raise UnreadableFileError(f"is not readable JSON: {error}") from None


class Window:
    """The part of a text that is being looked at. It moves on as it is read, and grows for a value that is longer."""

    def __init__(self, text: TextIOWrapper) -> None:
        self.text = text
        self.buffer = text.read(CHUNK)
        self.at = 0
        self._line = 1
        self._counted_to = 0
        self._decode = json.JSONDecoder().raw_decode

    @property
    def line(self) -> int:
        self._line = self.line_of(self.at)
        self._counted_to = self.at
        return self._line

    def line_of(self, position: int) -> int:
        """The line of a position in the buffer, from 1."""
        if position < self._counted_to:
            return self._line - self.buffer.count("\n", position, self._counted_to)
        return self._line + self.buffer.count("\n", self._counted_to, position)

    def more(self, size: int = CHUNK) -> bool:
        """Read on; whether there was something. What lies before the position is forgotten."""
        if not (chunk := self.text.read(size)):
            return False
        self._line = self.line
        self.buffer = self.buffer[self.at :] + chunk
        self.at = self._counted_to = 0
        return True

    def next(self, space: str = " \n\r\t") -> str:
        """The next sign behind white space; empty at the end."""
        while True:
            while (sign := self.buffer[self.at : self.at + 1]) and sign in space:
                self.at += 1
            if sign or not self.more():
                return sign

    def take(self, sign: str) -> None:
        """Move behind a sign that must come next."""
        if self.next() != sign:
            raise json.JSONDecodeError(f"expected {sign}", self.buffer, self.at)
        self.at += 1

    def value(self) -> Any:  # noqa: ANN401  JSON
        """The value that begins here. Raises JSONDecodeError, RecursionError, ValueError, UnreadableFileError."""
        self.next()
        size = CHUNK
        while True:
            try:
                value, end = self._decode(self.buffer, self.at)
            except json.JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated") or error.pos >= len(self.buffer) - NEARLY_THE_END
                if not (cut and self.more(size)):
                    raise
            else:
                if end < len(self.buffer) or not self.more(size):
                    self.at = end
                    return value
            size = len(self.buffer)
            if size > LONGEST_ITEM:
                raise UnreadableFileError(f"holds a value of more than {LONGEST_ITEM:,} characters at line {self.line}")

    def upto(self, sign: str) -> str:
        """What comes before the next such sign, and move behind it. What is longer than an item is cut."""
        cut = ""
        while (end := self.buffer.find(sign, self.at)) < 0:
            if len(self.buffer) - self.at > LONGEST_ITEM:
                cut, self.at = cut or self.buffer[self.at :], len(self.buffer)
            if not self.more(max(CHUNK, len(self.buffer))):
                end = len(self.buffer)
                break
        text, self.at = self.buffer[self.at : end], min(end + 1, len(self.buffer))
        return cut or text

    def has_an_object_a_line(self) -> bool:
        """Whether the first sign is a record separator, or the first line is a value and another one follows.

        Or the second line is one, where the first is broken; but not where it opens a list that goes on behind it.
        """
        if self.next(SPACES_BEFORE) == RECORD_SEPARATOR:
            return True
        while self.buffer.count("\n", self.at) < 2 and len(self.buffer) < LONGEST_FIRST_LINE and self.more():  # noqa: PLR2004
            pass
        first, _, rest = self.buffer[self.at :].lstrip().partition("\n")
        second, _, _ = rest.lstrip().partition("\n")
        if not first.startswith(("{", "[")) or not second.strip():
            return False
        return is_json(first) or (first[0] == "{" and first.rstrip()[-1] not in "[," and is_json(second))


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def items_of_documents(window: Window, wanted: frozenset[str]) -> Iterator[Item]:
    if not window.next(SPACE):
        raise json.JSONDecodeError("it is empty", window.buffer, window.at)
    while sign := window.next(SPACE):
        if sign == "{":
            yield from items_of_object(window, wanted)
        elif sign == "[":
            yield from (Item(line, ONE_OF_MANY, value, {}) for line, value in elements(window))
        else:
            found = window.buffer[window.at : window.at + 20]
            raise json.JSONDecodeError(f"expected {{, found {found!r}", window.buffer, window.at)


def items_of_object(window: Window, wanted: frozenset[str]) -> Iterator[Item]:
    line = window.line
    around: dict[str, Any] = {}
    has_list = False
    window.take("{")
    while window.next() != "}":
        name = window.value()
        window.take(":")
        if window.next() == "[" and name in wanted:
            has_list = True
            yield from (Item(at, name, value, around) for at, value in elements(window))
        elif window.next() == "[" and name != "coordinates":
            for _ in elements(window):
                pass
        else:
            value = window.value()
            if isinstance(name, str) and len(around) < MOST_MEMBERS:
                around[name] = value
        if window.next() != "}":
            window.take(",")
    window.take("}")
    if not has_list:
        yield Item(line, "", around, {})


def elements(window: Window) -> Iterator[tuple[int, Any]]:
    """The elements of a list, each with its line."""
    window.take("[")
    while window.next() != "]":
        line = window.line
        yield line, window.value()
        if window.next() != "]":
            window.take(",")
    window.take("]")


def items_of_lines(window: Window, wanted: frozenset[str]) -> Iterator[Item | Rejected]:
    separator = RECORD_SEPARATOR if window.next(SPACES_BEFORE) == RECORD_SEPARATOR else "\n"
    while window.next():
        line, text = window.line, window.upto(separator)
        if not (content := text.strip(SPACE)):
            continue
        try:
            value = json.loads(content)
        except (ValueError, RecursionError) as error:
            reason = f"is not JSON: {getattr(error, 'msg', error)}"
            yield Rejected(line, "line", "is too long" if len(text) >= LONGEST_ITEM else reason)
            continue
        inside = value if isinstance(value, dict) else {}
        found = [name for name in inside if name in wanted and isinstance(inside[name], list)]
        if isinstance(value, list):
            yield from (Item(line, ONE_OF_MANY, one, {}) for one in value)
        elif not found:
            yield Item(line, ONE_OF_MANY, value, {})
        for name in found:
            yield from (Item(line, name, one, inside) for one in inside[name])
