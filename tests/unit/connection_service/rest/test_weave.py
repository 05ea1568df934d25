import json

import numpy as np
import pytest

from connection_service.rest.json_columns import numbers
from connection_service.rest.weave import Column, Rows, texts, woven

TEMPLATE = b'{"b":%b,"a":[%a,%a],"c":{"d":"%c"}}'


@pytest.mark.parametrize("count", [1, 2, 1000])
def test_each_row_has_the_values_of_all_columns_where_the_template_names_them(count: int) -> None:
    a, b, c = (
        np.arange(count) * 37,
        np.arange(count) / 7,
        [f"{number}, {'x' * (number % 9)}" for number in range(count)],
    )
    rows = woven(TEMPLATE, count, a=numbers(a), b=numbers(b), c=texts(c))
    assert rows.size == count
    assert json.loads(b"[" + rows.text + b"]") == [
        {"b": float(b[at]), "a": [int(a[at])] * 2, "c": {"d": c[at]}} for at in range(count)
    ]


def test_empty_values_and_letters_of_several_bytes_are_values_too() -> None:
    assert woven(b'"%a"', 3, a=texts(["", "Zoë", "李"])) == Rows(3, '"","Zoë","李"'.encode())


def test_of_no_rows_there_is_no_text() -> None:
    assert woven(b"%a", 0, a=numbers(np.empty(0))) == Rows(0, b"")


@pytest.mark.parametrize("wrong", [Column(b"1,"), Column(b"1,2,3,"), Column(b"1,2"), Column(b"1,,2")])
def test_a_column_with_more_values_than_rows_or_fewer_is_refused(wrong: Column) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        woven(b"%a %b", 2, a=wrong, b=texts(["x", "y"]))


@pytest.mark.parametrize("column", [numbers(np.array([1.5, 2.5, 3.5])), texts(["a, b", "", "c"])])
def test_what_is_left_out_of_a_column_is_left_out(column: Column) -> None:
    first, second, third, _ = column.values.split(column.end)
    assert column.at([True, True, True]) == column
    assert column.at([True, False, True]).values == first + column.end + third + column.end
    assert column.at([False, True, False]).values == second + column.end
    assert column.at([False] * 3).values == b""
