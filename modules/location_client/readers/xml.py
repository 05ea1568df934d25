"""XML files: GPX, KML and TCX, told apart by their outermost element and read as a stream.

By expat, because a point that cannot be read must neither stop the rest nor lose its line number. Python decodes the
text first: it knows many more encodings than expat does. Entities are refused where they are declared: a file of 400
bytes can unfold to terabytes, and no program that writes tracks needs them.
"""

import codecs
import re
from contextlib import closing
from io import TextIOWrapper
from typing import BinaryIO
from xml.parsers import expat

from location_client.readers.gpx import GpxPoints
from location_client.readers.kml import KmlPoints
from location_client.readers.rows import NoLocationsError, Reading, Rows, UnreadableFileError
from location_client.readers.tcx import TcxPoints
from location_client.readers.text import CHUNK, buffered, encoding_of
from location_client.readers.track_points import TrackPoints

KINDS: dict[str, type[TrackPoints]] = {"gpx": GpxPoints, "kml": KmlPoints, "TrainingCenterDatabase": TcxPoints}
DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]{0,40})["']""")
PRINTABLE = bytes(range(0x20, 0x7F))
LONGEST_TOKEN = 1 << 20  # bytes of one tag or comment: expat keeps it until it ends
DEEPEST = 100
# Illegal in XML; in a name they must not stop the file, in a number they cost its row. Zeros are looked at apart.
CONTROLS = dict.fromkeys([*range(1, 9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF], "\ufffd")
SPACE = b" \t\r\n" + codecs.BOM_UTF8
NO_ELEMENTS = expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]


class Document:
    """One document: hands its elements to the points of its kind."""

    def __init__(self, reading: Reading, first_line: int, *, follows: bool) -> None:
        self.fed = 0
        self._reading = reading
        self._first_line = first_line
        self._follows = follows  # another one; then it may as well be none
        self._points: TrackPoints | None = None
        self._path: list[str] = []
        self._ended_at: int | None = None  # the byte at which the last tag begins
        self._ended_line = 0
        self._previous = self._current = b""
        self._parser = expat.ParserCreate(
            "utf-8"
        )  # prefixes are cut off here: many files do not say what theirs stand for
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.CharacterDataHandler = self._text
        self._parser.EndElementHandler = self._end
        self._parser.EntityDeclHandler = self._entity
        self._parser.StartDoctypeDeclHandler = self._doctype

    @property
    def line(self) -> int:
        return self._first_line + self._parser.CurrentLineNumber - 1

    def feed(self, octets: bytes, *, last: bool = False) -> None:
        """Raises UnreadableFileError; what was read before is still to be taken."""
        if not self.fed:  # a declaration must be the first thing, and often is not
            begin = octets.lstrip(SPACE)
            self._first_line += octets.count(b"\n", 0, len(octets) - len(begin))
            octets = begin
        self.fed += len(octets)
        self._previous, self._current = self._current, octets
        try:
            self._parser.Parse(octets, last)
        except expat.ExpatError as error:
            is_nothing = self._follows and not self._path and error.code == NO_ELEMENTS
            if self._ended_at is None and not is_nothing:
                line = self._first_line + error.lineno - 1
                raise UnreadableFileError(f"is not XML from line {line} on: {expat.ErrorString(error.code)}") from None
        if self._ended_at is None and self.fed - self._parser.CurrentByteIndex > LONGEST_TOKEN:
            raise UnreadableFileError(f"has a tag of more than {LONGEST_TOKEN:,} bytes at line {self.line}")

    def taken(self) -> Rows:
        """The rows so far, each once."""
        if self._points:
            yield from self._points.taken()

    def close(self) -> None:
        if self._points:
            self._points.close()

    def behind(self) -> tuple[bytes, int] | None:
        """What was fed behind the end of the document, and at which line; None: it has not ended."""
        if self._ended_at is None:
            return None
        octets = self._previous + self._current
        tag, _, behind = octets[max(0, self._ended_at - (self.fed - len(octets))) :].partition(b">")
        return behind, self._ended_line + tag.count(b"\n")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name.rpartition(":")[2])
        if len(self._path) > DEEPEST:
            raise UnreadableFileError(f"has elements inside of elements, more than {DEEPEST} deep, at line {self.line}")
        if self._points is None:
            if not (kind := KINDS.get(self._path[0])):
                raise NoLocationsError(f"is no GPX, KML or TCX file: its outermost element is {self._path[0][:40]!r}")
            self._points = kind(self._reading)
        self._points.start(self._path, attributes, self.line)

    def _text(self, text: str) -> None:
        if self._points:
            self._points.text(text)

    def _end(self, _: str) -> None:
        if self._points:
            self._points.end(self._path)
        self._path.pop()
        if not self._path:
            self._ended_at, self._ended_line = self._parser.CurrentByteIndex, self.line

    def _entity(self, name: str, *_: object) -> None:
        raise UnreadableFileError(f"declares the entity {name[:40]!r} at line {self.line}: such files are not read")

    def _doctype(self, _name: str, system: str | None, public: str | None, _internal: int) -> None:
        if system or public:
            raise UnreadableFileError(f"needs another file, {(system or public or '')[:80]!r}, to be understood")


def read_xml(file: BinaryIO, reading: Reading) -> Rows:
    """The rows of a file, also of one with several documents, one behind the other. Raises UnreadableFileError."""
    with buffered(file) as opened:
        text = TextIOWrapper(opened, declared_encoding(opened.peek(200)[:200]), errors="replace", newline="")
        try:
            yield from rows_of(text, reading)
        finally:
            text.detach()


def rows_of(text: TextIOWrapper, reading: Reading) -> Rows:
    with closing(Documents(reading)) as documents:
        while chunk := text.read(CHUNK):
            for number, piece in enumerate(chunk.split("\0")):
                if number:
                    documents.meet_zeros()
                yield from documents.rows_of(piece.translate(CONTROLS).encode("utf-8", "replace"))
        yield from documents.rows_of(b"", last=True)


class Documents:
    """One document after the other."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._current = Document(reading, 1, follows=False)

    def rows_of(self, octets: bytes, *, last: bool = False) -> Rows:
        """The rows that are complete with these bytes. Raises UnreadableFileError."""
        while octets or last:
            try:
                self._current.feed(octets, last=last)
            except UnreadableFileError:
                yield from self._current.taken()
                raise
            yield from self._current.taken()
            if (behind := self._current.behind()) is None:
                return
            octets, line = behind
            self._current = Document(self._reading, line, follows=True)
            last = False

    def meet_zeros(self) -> None:
        """Between documents they are nothing. Raises UnreadableFileError inside of one."""
        if self._current.fed:
            raise UnreadableFileError(
                f"holds zeros from line {self._current.line} on, which a loss of power leaves behind"
            )

    def close(self) -> None:
        self._current.close()


def declared_encoding(head: bytes) -> str:
    """What the byte order mark says, else the declaration, else UTF-8. Raises UnreadableFileError."""
    if (encoding := encoding_of(head)) != "utf-8" or not (declared := DECLARED.match(head)):
        return encoding
    name = declared[1].decode()
    if name.lower().replace("_", "-").startswith(("utf-16", "utf-32", "ucs-", "iso-10646")):
        return "utf-8"  # it can't be what it says: then it could not have been read until here
    try:
        PRINTABLE.decode(name)  # which those that are not for text refuse
        as_ascii = codecs.getincrementaldecoder(name)("replace").decode(PRINTABLE, final=True) == PRINTABLE.decode()
    except (LookupError, UnicodeError, TypeError):
        as_ascii = False
    if not as_ascii:
        raise UnreadableFileError(f"names the encoding {name!r}, which is not known")
    return codecs.lookup(name).name
