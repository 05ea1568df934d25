"""How many locations there are to look at, and how often it is looked."""

from dataclasses import dataclass

CROWD_LOCATIONS = 1_000_000
LONG_TRACK_FIXES = 100_000


@dataclass(frozen=True)
class Plan:
    crowd_people: int  # each reports every ten seconds
    crowd_minutes: int
    rounds: int

    @property
    def is_full(self) -> bool:
        return self.crowd_people * self.crowd_minutes * 6 >= CROWD_LOCATIONS


FULL = Plan(crowd_people=500, crowd_minutes=335, rounds=5)
QUICK = Plan(crowd_people=200, crowd_minutes=60, rounds=2)
