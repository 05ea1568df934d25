from itertools import pairwise

import numpy as np
import pytest

from connection_service.store.copy_rows import CopiedFixes
from proximity.fixes import Fixes
from service_kit.copy_columns import lengths_of
from service_kit.copy_format import EPOCH_US, HEADER, SIGNATURE
from service_kit.stored_columns import FIX

LATER, EARLIER, NULL = (7, 2_000_000), (9, 1_000_000), -1


def copied(*rows: tuple[int, int]) -> bytearray:
    """What COPY would answer for these rows of a person and microseconds since 2000."""
    table = np.zeros(len(rows), FIX)
    for name, length in lengths_of(FIX).items():
        table[name] = length
    table["person_id"], table["creation_time"] = zip(*rows, strict=True)
    table["latitude"], table["longitude"], table["accuracy_m"] = 47.5, -8.25, 4.2
    return bytearray(SIGNATURE + bytes(8) + table.tobytes() + b"\xff\xff")


def read(answer: bytes | bytearray, cuts: tuple[int, ...] = (), rows_at_once: int = 100) -> list[Fixes]:
    """What is handed on when the answer comes in messages that end at these bytes."""
    portions: list[Fixes] = []
    reader = CopiedFixes(portions.append, rows_at_once)
    for start, end in pairwise([0, *cuts, len(answer)]):
        reader.write(bytes(answer[start:end]))
    reader.finish()
    assert reader.rows == sum(portion.size for portion in portions)
    return portions


def test_rows_become_columns() -> None:
    [fixes] = read(copied(LATER, EARLIER))
    assert fixes.person_id.tolist() == [7, 9]
    assert fixes.time_us.tolist() == [EPOCH_US + 2_000_000, EPOCH_US + 1_000_000]
    assert fixes.latitude.tolist() == [47.5, 47.5]
    assert fixes.longitude.tolist() == [-8.25, -8.25]
    assert fixes.accuracy_m.dtype == np.float32


def test_no_row_is_no_fix() -> None:
    assert read(SIGNATURE + bytes(8) + b"\xff\xff") == []


@pytest.mark.parametrize("first_cut", [len(HEADER), len(HEADER) + 3 * FIX.itemsize, len(HEADER) + 100])
def test_a_long_answer_is_handed_on_in_portions_and_loses_nothing(first_cut: int) -> None:
    count = 25
    answer = copied(*((person, person) for person in range(count)))
    portions = read(answer, (*range(first_cut, len(answer) - 2, 61), len(answer) - 2), rows_at_once=10)
    assert len(portions) == 3
    assert [person for portion in portions for person in portion.person_id.tolist()] == list(range(count))


@pytest.mark.parametrize("damage", ["short", "signature", "null", "columns"])
def test_anything_else_is_refused_rather_than_misread(damage: str) -> None:
    answer = copied(LATER, EARLIER)
    if damage == "short":
        del answer[-1]
    elif damage == "signature":
        answer[0] = 0
    elif damage == "null":
        answer[21:25] = NULL.to_bytes(4, "big", signed=True)
    else:
        answer[19:21] = (6).to_bytes(2, "big")
    with pytest.raises(ValueError, match="the answer of COPY"):
        read(answer)
