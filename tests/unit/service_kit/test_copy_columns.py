"""What is written for COPY is what is read of it, and anything else is refused."""

import numpy as np
import pytest

from service_kit.copy_columns import BIGINT, DOUBLE, TIME, from_time, read_rows, row_of, written_rows
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


@pytest.mark.parametrize("damage", ["short", "signature", "null", "columns"])
def test_anything_else_is_refused(damage: str) -> None:
    answer = bytearray(written_rows(COLUMNS, ROW))
    if damage == "short":
        del answer[-1]
    elif damage == "signature":
        answer[0] = 0
    else:
        answer[19 if damage == "columns" else 21] = 0xFF
    with pytest.raises(ValueError, match="the answer of COPY"):
        read_rows(bytes(answer), ROW)
