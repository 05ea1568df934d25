"""Bytes of a file as text: which encoding they are in, and its lines, however they end and however long they are."""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, RawIOBase, TextIOWrapper
from typing import Any, BinaryIO, cast

CHUNK = 1 << 16
BYTE_ORDER_MARKS = (  # the longer ones first: UTF-32's begins as UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(head: bytes) -> str:
    """Told by the byte order mark, else by where the zeros of the first two characters are; else UTF-8."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return encoding
    zeros = [byte == 0 for byte in head[:4]]
    if zeros == [False, True, False, True]:
        return "utf-16-le"
    return "utf-16-be" if zeros == [True, False, True, False] else "utf-8"


@contextmanager
def buffered(file: BinaryIO) -> Iterator["BufferedReader[Any]"]:
    """The file with a buffer that can be looked into. The file itself stays open."""
    if hasattr(file, "peek"):
        yield cast("BufferedReader[Any]", file)
        return
    reader = BufferedReader(cast("RawIOBase", file), CHUNK)  # any that can be read will do
    try:
        yield reader
    finally:
        reader.detach()


@contextmanager
def as_text(file: BinaryIO) -> Iterator[TextIOWrapper]:
    """The file as text; every line end becomes \\n. What is no text becomes U+FFFD, which costs its row."""
    with buffered(file) as reader:
        text = TextIOWrapper(reader, encoding_of(reader.peek(4)[:4]), errors="replace")
        try:
            yield text
        finally:
            text.detach()


def numbered_lines(text: TextIOWrapper, longest: int) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, from 1. One that is longer than `longest` characters is cut there."""
    number = 0
    while line := text.readline(longest):
        number += 1
        yield number, line
        while len(line) == longest and not line.endswith("\n"):
            line = text.readline(longest)
