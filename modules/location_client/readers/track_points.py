"""What the XML formats have in common: elements come past, and every now and then one of them completes a location."""

from typing import ClassVar

from location_client.readers.rows import LocatedRow, Reading, Rejected, Rows
from location_client.readers.values import UnreadableError

LONGEST_TEXT = 1000  # characters of a time or of a number


class TrackPoints:
    """Collects rows. Paths hold local names from the outermost element on; what is not `wanted` has no text."""

    line = 0
    """Where what is being read began."""
    wanted: ClassVar[frozenset[str]] = frozenset()
    what: ClassVar[str]

    def __init__(self, reading: Reading) -> None:
        self.rows: list[LocatedRow | Rejected] = []
        self.reading = reading
        self.owner = reading.owner(f"is {self.what}")
        self._text: list[str] | None = None
        self._length = 0

    def start(self, path: list[str], attributes: dict[str, str], line: int) -> None:
        self._text = [] if path[-1] in self.wanted else None
        self._length = 0
        self.opened(path, attributes, line)

    def text(self, text: str) -> None:
        if self._text is not None and self._length < LONGEST_TEXT:
            self._text.append(text[:LONGEST_TEXT])
            self._length += len(text)

    def end(self, path: list[str]) -> None:
        text, self._text = self._text, None
        try:
            self.closed(path, "".join(text).strip() if text is not None else "")
        except UnreadableError as error:
            self.rows.append(Rejected(self.line, error.field, error.reason))

    def taken(self) -> Rows:
        """The rows so far, each once."""
        yield from self.rows
        self.rows.clear()

    def close(self) -> None:
        """What is still open is closed; also where nobody takes the rows any more."""

    def opened(self, path: list[str], attributes: dict[str, str], line: int) -> None:
        """An element begins."""

    def closed(self, path: list[str], text: str) -> None:
        """An element ends. Raises UnreadableError, which is taken down with `line`."""
