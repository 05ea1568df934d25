"""The questions: a day or the month, 5, 50 or 500 metres, ten minutes or any time apart."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from benchmarks.query.town import DAYS, FIRST_DAY

ANY = "any"
TEN_MINUTES = "600"
SPANS = {"day": 1, "month": DAYS}


@dataclass(frozen=True)
class Kind:
    """What is asked, without of whom."""

    span: str  # of SPANS
    distance_m: int
    window: str  # as `time_window` of the service: seconds, or ANY

    @property
    def name(self) -> str:
        """As the report and the figures name it."""
        window = "any time" if self.window == ANY else f"±{int(self.window) // 60} min"
        return f"{self.span}, {self.distance_m} m, {window}"


KINDS = tuple(
    Kind(span, distance_m, window) for span in SPANS for window in (TEN_MINUTES, ANY) for distance_m in (5, 50, 500)
)
DAY, MONTH = Kind("day", 50, TEN_MINUTES), Kind("month", 50, TEN_MINUTES)
MET = tuple(Kind(span, distance_m, TEN_MINUTES) for span in SPANS for distance_m in (2, 50))
"""Whom somebody met, by estimate: at arm's length, and within a hall."""
REMEMBERED = tuple(Kind(span, 5, TEN_MINUTES) for span in SPANS)
"""Likewise, within what is asked for where no distance is named: meeting_finder remembers these."""


@dataclass(frozen=True)
class Question:
    kind: Kind
    person_id: int
    first_day: date

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(days=SPANS[self.kind.span] - 1)

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first_day, time(0), UTC)

    @property
    def end(self) -> datetime:
        """Exclusive."""
        return datetime.combine(self.last_day + timedelta(days=1), time(0), UTC)

    @property
    def window_s(self) -> float | None:
        return None if self.kind.window == ANY else float(self.kind.window)

    @property
    def path(self) -> str:
        return f"/api/persons/{self.person_id}/connection"

    @property
    def parameters(self) -> Mapping[str, str]:
        return {
            "start_date": str(self.first_day),
            "end_date": str(self.last_day),
            "distance": str(self.kind.distance_m),
            "time_window": self.kind.window,
        }

    @property
    def target(self) -> str:
        """As HTTP asks it."""
        return f"{self.path}?{urlencode(self.parameters)}"


def random_questions(kind: Kind, people: int, count: int, seed: str) -> list[Question]:
    """About `count` persons, each another one as long as there are enough, and each about a day of his own."""
    drawn = random.Random(f"{seed} {kind.name}")  # noqa: S311  a choice, no secret
    persons = drawn.sample(range(1, people + 1), min(count, people))
    last = DAYS - SPANS[kind.span]
    return [Question(kind, person, FIRST_DAY + timedelta(days=drawn.randint(0, last))) for person in persons]
