"""How many workers a store has, and how much is stored and asked in each round."""

from dataclasses import dataclass
from typing import Final

NONE: Final = 0
"""No workers: one PostgreSQL, without Citus."""


@dataclass(frozen=True)
class Plan:
    workers: tuple[int, ...]
    rounds: int
    stored: int  # locations that the consumer stores, and then is sent again
    batch: int
    town: int  # locations of the month that is asked about
    days: int  # questions of each kind about a day
    months: int


FULL = Plan((NONE, 1, 2, 4), rounds=3, stored=1_000_000, batch=50_000, town=2_000_000, days=80, months=15)
QUICK = Plan((NONE, 2), rounds=1, stored=400_000, batch=50_000, town=500_000, days=40, months=5)
