import numpy as np
import pytest

from connection_service.copy_rows import LENGTHS, POSTGRESQL_EPOCH_US, ROW, SIGNATURE, read_fixes

LATER, EARLIER, NULL = (7, 2_000_000), (9, 1_000_000), -1


def copied(*rows: tuple[int, int]) -> bytearray:
    """What COPY would answer for these rows of a person and microseconds since 2000."""
    table = np.zeros(len(rows), ROW)
    for name, length in {**LENGTHS, "accuracy_m_bytes": 4}.items():
        table[name] = length
    table["person_id"], table["creation_time"] = zip(*rows, strict=True)
    table["latitude"], table["longitude"], table["accuracy_m"] = 47.5, -8.25, 4.2
    return bytearray(SIGNATURE + bytes(8) + table.tobytes() + b"\xff\xff")


def test_rows_become_columns_in_the_order_of_time() -> None:
    fixes = read_fixes(memoryview(copied(LATER, EARLIER)))
    assert fixes.person_id.tolist() == [9, 7]
    assert fixes.time_us.tolist() == [POSTGRESQL_EPOCH_US + 1_000_000, POSTGRESQL_EPOCH_US + 2_000_000]
    assert fixes.latitude.tolist() == [47.5, 47.5]
    assert fixes.longitude.tolist() == [-8.25, -8.25]
    assert fixes.accuracy_m.dtype == np.float32


def test_no_row_is_no_fix() -> None:
    assert read_fixes(memoryview(SIGNATURE + bytes(8) + b"\xff\xff")).size == 0


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
        read_fixes(memoryview(answer))
