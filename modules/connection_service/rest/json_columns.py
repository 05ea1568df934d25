"""Columns of numbers into columns of JSON."""

from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from connection_service.rest.weave import Column
from proximity.fixes import Floats, Ints
from proximity.instants import SECOND_US

MICROMETRES: Final = 6  # decimals of a metre
PER_MILLE: Final = 3  # decimals of a share


def numbers(column: NDArray[Any]) -> Column:
    """As short as they can be said in their type: a float32 is 4.2 and not 4.199999809265137. `null` for NaN."""
    return _column(column, orjson.OPT_SERIALIZE_NUMPY)


def instants(times_us: Ints) -> Column:
    """RFC 3339 in UTC, in quotes, with six decimals of the second or none. Until the last but one day of 9999."""
    utc = orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z
    return _column(times_us.view("datetime64[us]"), orjson.OPT_SERIALIZE_NUMPY | utc)


def _column(column: NDArray[Any], how: int) -> Column:
    return Column(orjson.dumps(np.ascontiguousarray(column), option=how)[1:-1] + b"," if column.size else b"")


def metres(lengths: Floats) -> Column:
    return numbers(lengths.round(MICROMETRES))


def seconds(times_us: Ints) -> Column:
    return numbers(times_us / SECOND_US)


def shares(parts: Floats) -> Column:
    return numbers(parts.round(PER_MILLE))
