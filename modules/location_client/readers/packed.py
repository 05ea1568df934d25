"""Files that are packed: .gz, and .zip (.kmz too) with files of any kind in it.

What is unpacked is not kept, so that a small file that unpacks to terabytes costs time alone; that is bounded here.
"""

import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, cast

from location_client.readers.rows import UnreadableFileError
from location_client.readers.text import CHUNK

GZIP = b"\x1f\x8b"
ZIP_PARTS = (b"PK\x03\x04", b"PK\x05\x06")
# Others that people have; what they begin with, and the place where a tar says what it is.
OTHER_ARCHIVES = {
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "rar",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}
TAR_MAGIC, TAR_AT = b"ustar", slice(257, 262)
FREE_BYTES = 256 << 20  # whatever they were before
MOST_UNPACKED = 200  # times as long beyond that: text of locations comes to some 20
LONGEST_DIRECTORY = 16 << 20  # bytes; it is read into memory
SPOOLED_IN_MEMORY = 1 << 20
# APPNOTE.TXT 4.3.14, 4.3.16: how many files, and how many bytes their directory has.
LONGEST_END = 66_000
END_OF_DIRECTORY, END_FORM = b"PK\x05\x06", struct.Struct("<10sHI")
END_OF_DIRECTORY_64, END_FORM_64 = b"PK\x06\x06", struct.Struct("<40sQ")
ERRORS = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, gzip.BadGzipFile, EOFError, NotImplementedError, RuntimeError),
    *(struct.error, ValueError, OverflowError, OSError),
)


class TooMuchError(UnreadableFileError):
    """More comes out of it than is taken."""


class Allowance:
    """How much may still be unpacked from a file, all together."""

    def __init__(self, file: BinaryIO) -> None:
        start = file.tell()
        packed = file.seek(0, io.SEEK_END)
        file.seek(start)
        self._left = max(FREE_BYTES, packed * MOST_UNPACKED)

    def take(self, size: int) -> None:
        """Raises UnreadableFileError."""
        self._left -= size
        if self._left < 0:
            raise TooMuchError(f"unpacks to more than {MOST_UNPACKED} times its size, and is not read on")


class Unpacked(io.RawIOBase):
    """A file as it comes out of a packed one. What is wrong with the packing is an UnreadableFileError."""

    def __init__(self, file: IO[bytes] | gzip.GzipFile, allowance: Allowance) -> None:
        self._file = file
        self._allowance = allowance

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]  # narrower than any buffer
        try:
            octets = self._file.read(len(buffer))
        except ERRORS as error:
            raise UnreadableFileError(f"cannot be unpacked any further: {str(error) or type(error).__name__}") from None
        self._allowance.take(len(octets))
        buffer[: len(octets)] = octets
        return len(octets)


def is_zip(head: bytes) -> bool:
    return head.startswith(ZIP_PARTS)


def unzipped(file: BinaryIO, allowance: Allowance) -> BinaryIO:
    """A .gz file as it was before."""
    return io.BufferedReader(Unpacked(gzip.GzipFile(fileobj=file), allowance), CHUNK)


@contextmanager
def members(file: BinaryIO, allowance: Allowance) -> Iterator[tuple[list[str], Callable[[str], BinaryIO]]]:
    """The names of the files in a .zip file, and what opens one of them. Raises UnreadableFileError."""
    with closing(SpooledTemporaryFile(SPOOLED_IN_MEMORY)) as spooled:
        if isinstance(getattr(file, "raw", None), Unpacked):  # one inside of another: a directory stands at the end
            while chunk := file.read(CHUNK):
                spooled.write(chunk)
            file = cast("BinaryIO", spooled)
        refuse_large_directory(file)
        try:
            archive = zipfile.ZipFile(file)
        except ERRORS as error:
            raise UnreadableFileError(f"is no whole .zip file: {error}") from None
        with archive:
            names = [one.filename for one in archive.infolist() if not one.is_dir()]

            def opened(name: str) -> BinaryIO:
                try:
                    member = archive.open(name)
                except ERRORS as error:
                    raise UnreadableFileError(f"cannot be unpacked: {error}") from None
                return io.BufferedReader(Unpacked(member, allowance), CHUNK)

            yield names, opened


def refuse_large_directory(file: BinaryIO) -> None:
    """Before all of it is read into memory. Raises TooMuchError."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - LONGEST_END))
    end = file.read()
    file.seek(0)
    at = end.rfind(END_OF_DIRECTORY)
    if at >= 0 and len(end) >= at + END_FORM.size:
        _, count, length = END_FORM.unpack_from(end, at)
        if count == 0xFFFF or length == 0xFFFFFFFF:  # noqa: PLR2004  the numbers are in another record, that of zip64
            at = end.rfind(END_OF_DIRECTORY_64)
            length = END_FORM_64.unpack_from(end, at)[1] if at >= 0 and len(end) >= at + END_FORM_64.size else size
        if length > LONGEST_DIRECTORY:
            raise TooMuchError("holds too many files")


def kind_of_archive(head: bytes) -> str | None:
    """What kind of packed file it is that is not read; None: it is none."""
    if head[TAR_AT] == TAR_MAGIC:
        return "tar"
    return next((name for magic, name in OTHER_ARCHIVES.items() if head.startswith(magic)), None)
