"""How many locations, and how much is asked about them."""

from dataclasses import dataclass

from benchmarks.query.question import ANY, Kind


@dataclass(frozen=True)
class Plan:
    """What is done at one size."""

    name: str  # of the part, as it is asked for
    locations: int
    rounds: int = 3
    only_days: bool = False  # the month is left out
    small_town: int = 0  # locations of another one, that is asked in turns: growth
    day_persons: int = 60  # a round
    month_persons: int = 60
    slow_persons: int = 4  # of questions whose answers are tens of thousands of rows, or cover square kilometres
    starter_persons: int = 0  # a round
    starter_month_queries: int = 0  # for each of two persons a round; the rest of their thousands is extrapolated
    plain_persons: int = 0
    agreeing_persons: int = 0  # for each question about a day
    crowd_s: float = 0
    with_memory: bool = False
    settled: bool = False  # by meeting_finder, after the estimates were asked for

    def persons(self, kind: Kind) -> int:
        """How many are asked about in a round."""
        if kind.span == "day":
            return self.day_persons
        if self.only_days:
            return 0
        return self.slow_persons if kind.window == ANY or kind.distance_m > 50 else self.month_persons  # noqa: PLR2004


FULL = (
    Plan(
        "1m",
        1_000_000,
        starter_persons=5,
        starter_month_queries=4,
        plain_persons=10,
        agreeing_persons=8,
    ),
    Plan("5m", 5_000_000, plain_persons=6, agreeing_persons=2),
    Plan("10m", 10_000_000, only_days=True, plain_persons=10),
    Plan("20m", 20_000_000, small_town=1_000_000, day_persons=150, crowd_s=15, with_memory=True, settled=True),
)
QUICK = (
    Plan("250k", 250_000, month_persons=20, slow_persons=1),
    Plan(
        "1m",
        1_000_000,
        small_town=250_000,
        month_persons=20,
        slow_persons=1,
        starter_persons=1,
        starter_month_queries=3,
        plain_persons=4,
        agreeing_persons=2,
        crowd_s=5,
        with_memory=True,
        settled=True,
    ),
)
