"""What is written for COPY is what is read of it, and anything else is refused."""

import numpy as np
import pytest

from service_kit.copy_columns import BIGINT, DOUBLE, TIME, from_time, read_columns, read_rows, row_of, written_rows
from service_kit.copy_format import EPOCH_US

ROW = row_of({"person_id": BIGINT, "at": TIME, "metres": DOUBLE})
COLUMNS = {"person_id": np.array([7, -9]), "at": np.array([0, 1_000_000]), "metres": np.array([0.1, np.nan])}


def test_rows_are_read_as_they_were_written() -> None:
    rows = read_rows(written_rows(COLUMNS, ROW), ROW)
    assert rows["person_id"].tolist() == [7, -9]
    assert from_time(rows["at"]).tolist() == [EPOCH_US, EPOCH_US + 1_000_000]
    assert rows["metres"].tobytes() == np.array([0.1, np.nan], ">f8").tobytes()
    nothing = {name: values[:0] for name, values in COLUMNS.items()}
    assert read_rows(written_rows(nothing, ROW), ROW).size == 0


def test_columns_of_eight_bytes_are_those_of_the_rows() -> None:
    read = read_columns(written_rows(COLUMNS, ROW), COLUMNS)
    assert [*read] == [*COLUMNS]
    assert read["person_id"].tolist() == [7, -9]
    assert read["metres"].view(np.float64).tobytes() == COLUMNS["metres"].tobytes()
    nothing = read_columns(written_rows({name: values[:0] for name, values in COLUMNS.items()}, ROW), COLUMNS)
    assert [column.size for column in nothing.values()] == [0, 0, 0]


@pytest.mark.parametrize("damage", ["short", "signature", "null", "columns", "later null", "later columns"])
def test_anything_else_is_refused(damage: str) -> None:
    answer = bytearray(written_rows(COLUMNS, ROW))
    if damage == "short":
        del answer[-1]
    elif damage == "signature":
        answer[0] = 0
    else:
        later = ROW.itemsize if damage.startswith("later") else 0
        answer[later + (19 if damage.endswith("columns") else 21)] = 0xFF
    with pytest.raises(ValueError, match="the answer of COPY"):
        read_rows(bytes(answer), ROW)
    with pytest.raises(ValueError, match="the answer of COPY"):
        read_columns(bytes(answer), COLUMNS)
