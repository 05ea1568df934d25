"""Several positions of one person at one instant: times that were cut to whole seconds, two tracks in one file.

The store keeps one position an instant. What it would have to refuse later, when nobody is listening any more, is
settled before it is sent: the points of a second are spread over it, where they can be of it, else the first one goes.
"""

from itertools import pairwise
from math import cos, hypot, radians

from udaconnect_client.files.rows import LocatedRow, Reading, Rejected, Rows, UnreadableFileError

SECOND_US = 1_000_000
MOST_IN_A_SECOND = 1000
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
    now: tuple[int, int] | None = None
    failure: UnreadableFileError | None = None
    try:
        for row in rows:
            if not isinstance(row, Rejected) and (row[1], row[2]) != now:
                if len(group) > 1:
                    yield from settled(group, row[2], instants, reading)
                elif group:
                    yield from unless_taken(group[0], instants, reading)
                group, now = [], (row[1], row[2])
            if len(group) < MOST_IN_A_SECOND:
                group.append(row)
            else:
                yield from unless_taken(row, instants, reading)
    except UnreadableFileError as error:
        failure = error
    yield from settled(group, None, instants, reading)
    if failure:
        raise failure


def settled(group: list[LocatedRow | Rejected], following_us: int | None, instants: Instants, reading: Reading) -> Rows:
    """The rows of one instant. `following_us` is the instant of the row behind them."""
    located = [row for row in group if not isinstance(row, Rejected) and is_on_earth(row)]
    if len({row[3:5] for row in located}) > 1 and may_be_of_one_second(located, following_us):
        first_us = located[0][2]
        times_us = [first_us + number * SECOND_US // len(located) for number in range(len(located))]
        if following_us is not None and following_us < first_us:  # the newest comes first in this file
            times_us.reverse()
        reading.remarks[SPREAD] += len(located)
        time_us = iter(times_us)
        for row in group:
            if isinstance(row, Rejected) or not is_on_earth(row):
                yield row
            else:
                place, person_id, _, *position = row
                yield from unless_taken((place, person_id, next(time_us), *position), instants, reading)  # type: ignore[arg-type]  # three
        return
    for row in group:
        yield from unless_taken(row, instants, reading)


def unless_taken(row: LocatedRow | Rejected, instants: Instants, reading: Reading) -> Rows:
    if isinstance(row, Rejected) or not is_on_earth(row) or not instants.is_taken(row):
        yield row
    else:
        reading.remarks[LEFT_OUT] += 1


def may_be_of_one_second(located: list[LocatedRow], following_us: int | None) -> bool:
    """Whether the time was cut to a whole second, which ends before the next row begins, and the way is that of one."""
    time_us = located[0][2]
    if time_us % SECOND_US or (following_us is not None and abs(following_us - time_us) < SECOND_US):
        return False
    return sum(way_m(one, another) for one, another in pairwise(located)) <= LONGEST_WAY_M


def way_m(one: LocatedRow, another: LocatedRow) -> float:
    """As on a plane: it is about metres."""
    north, east = another[3] - one[3], another[4] - one[4]
    return METRES_A_DEGREE * hypot(north, east * cos(radians(one[3])))


def is_on_earth(row: LocatedRow) -> bool:
    """Else the server says what is wrong."""
    return -90 <= row[3] <= 90 and -180 <= row[4] <= 180  # noqa: PLR2004  degrees
