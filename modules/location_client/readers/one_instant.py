"""Several positions of one person at one instant: times that were cut to whole seconds, two tracks in one file.

The store keeps one position an instant. What it would have to refuse later, when nobody is listening any more, is
settled before it is sent: the points of a second are spread over it, where they can be of it, else the first one goes.
"""

from itertools import pairwise
from math import cos, hypot, radians

from location_client.readers.rows import LocatedRow, Reading, Rejected, Rows, UnreadableFileError

SECOND_US = 1_000_000
MOST_IN_A_SECOND = 1000
LONGEST_STEP_US = 10 * SECOND_US  # to the next instant; where they are further apart, seconds are not what was cut
LONGEST_WAY_M = 100.0  # in one second: what is further apart was not one second's
METRES_A_DEGREE = 111_195.0
REMEMBERED = 25_000  # instants, twice; rows of one that are further apart in the file are the store's to tell apart
SPREAD = "points shared their whole second with others and were spread over it, in their order"
LEFT_OUT = "points were left out, because another position of the same person at the same instant goes"


class Instants:
    """Remembers where somebody was at the instants of late."""

    def __init__(self) -> None:
        self._young: dict[tuple[int, int], tuple[float, float]] = {}
        self._old = self._young

    def is_taken(self, row: LocatedRow) -> bool:
        """Whether another position has this instant already; else it is this one's from now on."""
        instant, position = (row[1], row[2]), (row[3], row[4])
        if (other := self._young.get(instant) or self._old.get(instant)) is not None:
            return other != position
        if len(self._young) >= REMEMBERED:
            self._old, self._young = self._young, {}
        self._young[instant] = position
        return False


def one_position_an_instant(rows: Rows, reading: Reading) -> Rows:
    """The rows in their order, no two of them with different positions of a person at one instant."""
    instants = Instants()
    group: list[LocatedRow | Rejected] = []  # rows of one instant, and what could not be read between them
    before: tuple[int, int] | None = None
    now: tuple[int, int] | None = None
    failure: UnreadableFileError | None = None
    try:
        for row in rows:
            if not isinstance(row, Rejected) and (row[1], row[2]) != now:
                following = row[1], row[2]
                if len(group) > 1:
                    yield from settled(group, (before, following), instants, reading)
                elif group and goes(group[0], instants, reading):
                    yield group[0]
                group, before, now = [], now, following
            if len(group) < MOST_IN_A_SECOND:
                group.append(row)
            elif goes(row, instants, reading):
                yield row
    except UnreadableFileError as error:
        failure = error
    yield from settled(group, (before, None), instants, reading)
    if failure:
        raise failure


def settled(
    group: list[LocatedRow | Rejected],
    around: tuple[tuple[int, int] | None, tuple[int, int] | None],
    instants: Instants,
    reading: Reading,
) -> Rows:
    """The rows of one instant. `around`: person and instant of the rows before and behind them."""
    located = [row for row in group if not isinstance(row, Rejected) and is_on_earth(row)]
    if len({row[3:5] for row in located}) > 1:
        first_us = located[0][2]
        steps_us = [
            (other[1] - first_us) * sign
            for other, sign in zip(around, (-1, 1), strict=True)
            if other and other[0] == located[0][1]
        ]
        if may_be_of_one_second(located, steps_us):
            times_us = [first_us + number * SECOND_US // len(located) for number in range(len(located))]
            if sum(steps_us) < 0:  # the newest comes first in this file
                times_us.reverse()
            reading.remarks[SPREAD] += len(located)
            group = timed_anew(group, times_us)
    for row in group:
        if goes(row, instants, reading):
            yield row


def goes(row: LocatedRow | Rejected, instants: Instants, reading: Reading) -> bool:
    """Whether a row goes on, which is counted where it does not."""
    if isinstance(row, Rejected) or not is_on_earth(row) or not instants.is_taken(row):
        return True
    reading.remarks[LEFT_OUT] += 1
    return False


def timed_anew(group: list[LocatedRow | Rejected], times_us: list[int]) -> list[LocatedRow | Rejected]:
    times = iter(times_us)
    return [
        row if isinstance(row, Rejected) or not is_on_earth(row) else (row[0], row[1], next(times), *row[3:])
        for row in group
    ]


def may_be_of_one_second(located: list[LocatedRow], steps_us: list[int]) -> bool:
    """Whether the time was cut to a whole second, and not to a minute, and the way is that of one second.

    `steps_us` are the times from the instant before and to the one behind.
    """
    steps = [abs(step) for step in steps_us]
    if located[0][2] % SECOND_US or (steps and not SECOND_US <= min(steps) <= LONGEST_STEP_US):
        return False
    return sum(way_m(one, another) for one, another in pairwise(located)) <= LONGEST_WAY_M


def way_m(one: LocatedRow, another: LocatedRow) -> float:
    """As on a plane: it is about metres."""
    north, east = another[3] - one[3], another[4] - one[4]
    return METRES_A_DEGREE * hypot(north, east * cos(radians(one[3])))


def is_on_earth(row: LocatedRow) -> bool:
    """Else the server says what is wrong."""
    return -90 <= row[3] <= 90 and -180 <= row[4] <= 180  # noqa: PLR2004  degrees
