"""A fix as a phone reports it, in the units of the contract; or why what came is none.

Whether its values are possible is for location_producer to say, as for everybody. Here is said what only phones do: a
place of (0, 0) where there is none, a clock that is wrong by 1,024 weeks, an accuracy of 0 where none is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from phone_gateway.apps.values import number

SECOND_US: Final = 1_000_000

ROLLOVER_US: Final = 1024 * 7 * 86_400 * SECOND_US
"""GPS counts weeks in ten bits: a receiver that does not know of it is 1,024 weeks off (IS-GPS-200, 20.3.3.3.1.1)."""

RECENT_US: Final = 7 * 86_400 * SECOND_US
AHEAD_US: Final = 300 * SECOND_US

METRES_A_HDOP: Final = 5.0
"""Usual range error of a phone's receiver, so 5 m times hdop is its accuracy where the app tells nothing better."""


@dataclass(frozen=True, slots=True)
class Fix:
    """Degrees WGS 84; microseconds since 1970; metres, None: not known."""

    latitude: float
    longitude: float
    time_us: int
    accuracy_m: float | None


class Refusal(NamedTuple):
    """What came as a location and is none. `reason` is counted, `detail` is a sentence; neither holds a place."""

    reason: str
    detail: str
    original: bytes


class Report(NamedTuple):
    """What one request told."""

    fixes: list[Fix]
    refusals: list[Refusal]


NOTHING: Final = Report([], [])


class NoFixError(Exception):
    """`reason` is one of REASONS."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


REASONS: Final = ("unreadable", "no_place", "no_time", "no_fix")


def place(latitude: Any, longitude: Any) -> tuple[float, float]:  # noqa: ANN401  whatever the app wrote
    """Raises NoFixError."""
    y, x = number(latitude), number(longitude)
    if y is None or x is None:
        raise NoFixError("no_place", "latitude and longitude must be numbers")
    if y == 0 and x == 0:
        raise NoFixError("no_fix", "(0, 0) is what a device without a fix reports")
    return y, x


def accuracy(metres: Any, hdop: Any = None) -> float | None:  # noqa: ANN401  likewise
    """Radius in metres; None where the app says none, or what cannot be one (0, negative)."""
    radius = number(metres)
    if radius is not None and radius > 0:
        return radius
    dilution = number(hdop)
    return dilution * METRES_A_HDOP if dilution is not None and dilution > 0 else None


def moment(time_us: int | None, now_us: int) -> tuple[int, bool]:
    """The instant, and whether it had to be put right: a clock that is 1,024 weeks off. Raises NoFixError.

    Only where that leads to the last days: nothing real is as old as that, and location_producer would refuse it.
    """
    if time_us is None:
        raise NoFixError("no_time", "must say when the fix was taken")
    for off in (ROLLOVER_US, -ROLLOVER_US):
        if now_us - RECENT_US <= time_us + off <= now_us + AHEAD_US:
            return time_us + off, True
    return time_us, False


def text(value: Mapping[str, Any], *names: str) -> Any:  # noqa: ANN401  likewise
    """The first of these members that is there."""
    return next((value[name] for name in names if value.get(name) not in (None, "")), None)
