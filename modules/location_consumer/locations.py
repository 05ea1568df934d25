"""Locations as columns, on their way from the record to the table: the fixes that the engine reads there."""

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from proximity.fixes import Fixes, Floats, Ints
from proximity.instants import EPOCH, MICROSECOND

__all__ = ["EPOCH", "MICROSECOND", "Floats", "Ints", "Locations", "Mask", "by_person", "microseconds"]

Locations = Fixes
Mask = NDArray[np.bool_]


def by_person(locations: Locations) -> Ints:
    """Positions in the order in which to store them: those of a person together, as they came.

    Each person has a page of the primary key that is written to: one visit to it is then for all of their rows
    (docs/decisions/0015).
    """
    return np.argsort(locations.person_id, kind="stable")


def microseconds(moment: datetime) -> int:
    """Microseconds from 1970-01-01 UTC to an aware datetime."""
    return (moment - EPOCH) // MICROSECOND
