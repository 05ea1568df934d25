"""What of the engine is in C."""

import ctypes
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity.compiled import library
from tests.unit.proximity.built import built

ELEMENTARY = """
#include "elementary.h"
double e(double x) { return exponential(x); }
double l(double x) { return logarithm(x); }
double c(double turns) { return cosine_of_turns(turns); }
int64_t n(const int64_t *values, int64_t size, int64_t nth) { return nth_smallest(values, size, nth); }
"""


@pytest.fixture(scope="module")
def elementary(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    functions = built(tmp_path_factory.mktemp("elementary"), ELEMENTARY)
    for function in (functions.e, functions.l, functions.c):
        function.restype, function.argtypes = ctypes.c_double, [ctypes.c_double]
    functions.n.restype = ctypes.c_int64
    functions.n.argtypes = [ctypes.POINTER(ctypes.c_int64), ctypes.c_int64, ctypes.c_int64]
    return functions


def test_where_a_library_is_missing_it_is_said_who_builds_it(tmp_path: Path) -> None:
    with pytest.raises(ImportError, match="make"):
        library(str(tmp_path / "any.py"), "any")


@given(st.floats(-699, 0))
def test_the_exponential_is_right_to_the_last_bits(elementary: ctypes.CDLL, x: float) -> None:
    assert elementary.e(x) == pytest.approx(math.exp(x), rel=1e-15)


def test_the_exponential_of_what_is_far_below_is_nothing(elementary: ctypes.CDLL) -> None:
    assert elementary.e(-1e300) == elementary.e(-math.inf) == elementary.e(-701.0) == 0.0


@given(st.floats(1e-300, 1e300))
def test_the_logarithm_is_right_to_the_last_bits(elementary: ctypes.CDLL, x: float) -> None:
    assert elementary.l(x) == pytest.approx(math.log(x), rel=1e-15, abs=1e-15)


@given(st.floats(-1e6, 1e6))
def test_the_cosine_is_right_to_the_last_bits(elementary: ctypes.CDLL, turns: float) -> None:
    assert elementary.c(turns) == pytest.approx(math.cos(2 * math.pi * math.fmod(turns, 1.0)), abs=1e-14)


@given(st.lists(st.integers(0, 2**62), min_size=1), st.data())
def test_the_nth_smallest_is_the_one_that_so_many_are_before(
    elementary: ctypes.CDLL, values: list[int], data: st.DataObject
) -> None:
    nth = data.draw(st.integers(0, len(values) - 1))
    assert elementary.n((ctypes.c_int64 * len(values))(*values), len(values), nth) == sorted(values)[nth]
