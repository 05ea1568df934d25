import tracemalloc
from collections.abc import Iterator
from io import BufferedReader, RawIOBase
from typing import Any

import pytest

from location_client.batches import batches_of
from location_client.readers.csv import read_csv
from location_client.readers.rows import LocatedRow, Reading, Rejected, UnreadableFileError

HEADER = b"person_id,creation_time,latitude,longitude,accuracy_m\n"
LINE = b"7,2026-03-02T09:00:00.040Z,35.14561968,33.41081805,2.5\n"


class EndlessFile(RawIOBase):
    """Repeats a line after the header until so many bytes were read."""

    def __init__(self, line: bytes, size: int) -> None:
        self._line = line * 1000
        self._left = size
        self._begun = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # the type is private
        part = (self._line if self._begun else HEADER)[: len(buffer)] if self._left > 0 else b""
        self._begun = True
        self._left -= len(part)
        buffer[: len(part)] = part
        return len(part)


def located(place: int, microseconds: int = 0, accuracy_m: float | None = None) -> LocatedRow:
    return place, 7, microseconds, 35.1, 33.4, accuracy_m


def test_a_row_becomes_a_location() -> None:
    rows = [located(2, 1_500_000, 2.5), located(3, -1)]
    (batch,) = batches_of(iter(rows), 10)
    first, second = batch.request.locations
    assert (first.person_id, first.latitude, first.longitude, first.accuracy_m) == (7, 35.1, 33.4, 2.5)
    assert (first.creation_time.seconds, first.creation_time.nanos) == (1, 500_000_000)
    assert (second.creation_time.seconds, second.creation_time.nanos) == (-1, 999_999_000)
    assert not second.HasField("accuracy_m")


@pytest.mark.parametrize(("rows", "sizes"), [(0, []), (1, [1]), (5, [3, 2]), (6, [3, 3])])
def test_batches_are_full_but_for_the_last(rows: int, sizes: list[int]) -> None:
    batches = list(batches_of((located(place) for place in range(rows)), 3))
    assert [len(batch.request.locations) for batch in batches] == sizes
    assert [place for batch in batches for place in batch.places] == list(range(rows))


def test_unreadable_rows_travel_with_the_batch_in_which_they_stood() -> None:
    bad = Rejected(3, "latitude", "is missing")
    (first, second) = batches_of(iter([located(2), bad, located(4), located(5)]), 3)
    assert (first.places, first.unreadable) == ([2, 4], [bad])
    assert (second.places, second.unreadable) == ([5], [])


def test_the_rows_before_an_unreadable_part_still_come() -> None:
    def rows() -> Iterator[LocatedRow]:
        yield located(2)
        raise UnreadableFileError("is broken")

    batches = batches_of(rows(), 3)
    assert next(batches).places == [2]
    with pytest.raises(UnreadableFileError, match="is broken"):
        next(batches)


@pytest.mark.parametrize("line", [LINE, b"x" + LINE])
def test_a_large_file_does_not_need_much_memory(line: bytes) -> None:
    size = 1_000_000
    tracemalloc.start()
    try:
        file = BufferedReader(EndlessFile(line, size))
        rows = 0
        for batch in batches_of(read_csv(file, Reading()), 500):
            rows += len(batch.places) + len(batch.unreadable)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert rows > size / len(line) - 2000
    assert peak < size / 3
