"""Instants as text, as files have them."""

import numpy as np
from numpy.typing import NDArray


def write_instants(microseconds: NDArray[np.int64]) -> list[str]:
    """Microseconds since 1970 as text, to the millisecond."""
    text: list[str] = np.datetime_as_string(microseconds.astype("datetime64[us]"), unit="ms", timezone="UTC").tolist()
    return text
