"""What of the engine is in C: a file beside the module that calls it, after that has checked all sizes and indices.

compile.sh makes a library of each, `make` does so here.
"""

import ctypes
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

NOTHING = ctypes.c_char * 0


def library(module: str, name: str) -> ctypes.CDLL:
    """The functions of lib<name>.so beside the module's file. Raises ImportError where it is missing."""
    path = Path(module).with_name(f"lib{name}.so")
    try:
        return ctypes.CDLL(str(path))
    except OSError as error:
        raise ImportError(f"{path} cannot be loaded; `make` builds it. ({error})") from error


def columns(kind: DTypeLike, some: Iterable[NDArray[Any]]) -> list[NDArray[Any]]:
    """As C reads them. Whoever hands on an `address` of one keeps it until C is done."""
    return [np.ascontiguousarray(values, kind) for values in some]


def address(values: NDArray[Any]) -> int:
    """Where the values are; they lie side by side."""
    try:
        return ctypes.addressof(NOTHING.from_buffer(values))  # type: ignore[arg-type]  # a fifth of the time of what is below
    except TypeError:  # nobody may write to them
        at: int = values.__array_interface__["data"][0]
        return at


def fields(ints: Iterable[str] = (), floats: Iterable[str] = (), columns: Iterable[str] = ()) -> Any:  # noqa: ANN401  ctypes knows
    """Of a structure as C has it: whole numbers, other numbers, and addresses, each by their names."""
    kinds = (ctypes.c_int64, ints), (ctypes.c_double, floats), (ctypes.c_void_p, columns)
    return tuple((name, kind) for kind, names in kinds for name in names)


def check(fits: bool) -> None:
    """Raises ValueError where what is to be handed on does not fit: C would read or write beside it."""
    if not fits:
        raise ValueError("columns, or what is said of them, do not fit each other")
