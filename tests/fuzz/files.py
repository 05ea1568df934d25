"""Files for the client's readers: damaged ones, which must end in rows and a reason, and others, which must be read."""

import struct
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from random import Random
from typing import NamedTuple

from location_client.batches import batches_of
from location_client.readers.formats import NAMES, read_file
from location_client.readers.rows import Reading, Rejected, UnreadableFileError
from tests.fuzz.mutation import mutate
from tests.fuzz.tracks import PERSON, Fix, written
from udaconnect_client.terminal import harmless

DATA = Path(__file__).parents[1] / "data/files"
MOST_S = 10.0  # of processor for some kilobytes: what takes longer would never end for a large file
# What can stand where something else is expected: numbers at their ends, times, encodings, signs with a meaning.
VALUES = (
    *(b"0", b"-0.0", b"1e400", b"NaN", b"9" * 400, b"1_0", b"0x10", b"52,52", b"1.234.567", b"true", b"null", b"-1"),
    *(b"46083.375", b"1772442000", b"1772442000000", b"99999999999999999999", b"9999-12-31T23:59:59.999999Z"),
    *(b"2026-03-02", b"0001-01-01T00:00:00+23:59", b"2016-12-31T23:59:60Z", b"2026-03-02T24:00:00Z"),
    *(b"2026-03-29T02:30:00", b"24:00", b"utf-16", b"utf-7", b"idna", b"unicode_escape", b"rot13", b"zlib", b"cp037"),
    *(b"x-none", b"\x1b[2J[/red]", b"\xff\xfe", b"\0" * 50, b"\xef\xbb\xbf", b"\r", b'"', b"]]>", b"<![CDATA["),
    *(b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"</gpx>", b"\x1e", b"[" * 3000, b"{" * 3000, b'{"a":' * 2000),
    *(b"<a>" * 2000, b"\x1f\x8b\x08", b"PK\x03\x04", b"sep=;\n"),
    *(b'"crs": {"type": "name", "properties": {"name": "EPSG:3857"}},', b"GeometryCollection", b"MultiLineString"),
)


class Problem(NamedTuple):
    what: str
    name: str
    content: bytes


def damaged_files(seed: int, count: int) -> Iterator[Problem]:
    """What happened to files that were damaged; none where each ended in rows and a reason."""
    random = Random(seed)
    corpus = [(path.name, path.read_bytes()) for path in sorted(DATA.iterdir())] + [("walk.fit", fit(random))]
    for _ in range(count):
        name, content = damaged(random, corpus)
        began = time.process_time()
        if what := ended_otherwise(name, content, Reading(random.choice((None, PERSON, PERSON)))):
            yield Problem(what, name, content)
        elif (took := time.process_time() - began) > MOST_S:
            yield Problem(f"took {took:.1f} s", name, content)


def damaged(random: Random, corpus: list[tuple[str, bytes]]) -> tuple[str, bytes]:
    name, content = random.choice(corpus)
    if random.random() < 0.5:
        name, content, _ = written(random)
    if random.random() < 0.5:
        at = random.randint(0, len(content))
        content = content[:at] + random.choice(VALUES) + content[at + random.choice((0, 0, 1, 4, 30)) :]
    for _ in range(random.choice((0, 1, 1, 2))):
        content = mutate(random, content, random.choice(corpus)[1])
    if random.random() < 0.1:
        name = f"x{random.choice(NAMES)}"
    return name, content


def fit(random: Random) -> bytes:
    """A file of a watch with some records; its checksum is only right while nobody looks."""
    form = struct.pack("<BBBHB", 0x40, 0, 0, 20, 3) + bytes((253, 4, 134, 0, 4, 133, 1, 4, 133))
    times = (random.randrange(2**32) for _ in range(5))
    body = form + b"".join(
        struct.pack("<BIii", 0, one, random.randrange(2**31), random.randrange(2**31)) for one in times
    )
    return struct.pack("<BBHI4s", 12, 0x10, 2100, len(body), b".FIT") + body + b"\0\0"


def ended_otherwise(name: str, content: bytes, reading: Reading) -> str:
    """What the readers did that they must not; empty: rows, and perhaps a sentence."""
    try:
        for batch in batches_of(read_file(BytesIO(content), name, reading), 100):
            if hidden := [one for one in batch.unreadable if not harmless(f"{one.field} {one.reason}").isprintable()]:
                return f"says what a terminal would obey: {hidden[0]!r}"
    except UnreadableFileError as error:
        return "" if str(error) else "says nothing"
    except Exception as error:  # noqa: BLE001  it is what is looked for
        return f"{type(error).__name__}: {error}"
    return ""


def misread_files(seed: int, count: int) -> Iterator[Problem]:
    """Files from which something else was read than was written into them."""
    random = Random(seed)
    for _ in range(count):
        name, content, fixes = written(random)
        if (what := read_otherwise(name, content, fixes)) != "":
            yield Problem(what, name, content)


def read_otherwise(name: str, content: bytes, fixes: list[Fix]) -> str:
    reading = Reading(PERSON)
    found = []
    try:
        for row in read_file(BytesIO(content), name, reading):
            if isinstance(row, Rejected):
                return f"refused: {row}"
            _, person_id, time_us, *place = row
            found.append((person_id, time_us / 1e6, *place))
    except UnreadableFileError as error:
        return f"refused: {error}"
    expected = [(PERSON, *fix) for fix in fixes]
    return "" if found == expected else f"{found[:3]} instead of {expected[:3]}, {len(found)} of {len(expected)}"
