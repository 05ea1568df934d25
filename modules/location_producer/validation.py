"""What a location must be to be taken in."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf

from google.protobuf.timestamp_pb2 import Timestamp
from udaconnect.location.v1.location_pb2 import Location

Violation = tuple[str, str]
"""(name of the field, reason): the reason is a sentence for a person, whose subject is the field."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND_US = 1_000_000
SECOND_NS = 1_000_000_000
DAY_US = 86_400 * SECOND_US
AHEAD_S = 300  # how far a client's clock may be ahead of ours


@dataclass(frozen=True)
class Rules:
    """The rules at one moment. Times are microseconds since 1970."""

    earliest_us: int
    now_us: int
    nobodies: Collection[int] = ()
    """Ids that were asked for, and are nobody's."""

    @property
    def latest_us(self) -> int:
        return self.now_us + AHEAD_S * SECOND_US

    def violations(self, location: Location) -> Iterator[Violation]:
        """Yield all that is wrong, in the order of the fields; that the person is nobody where all else is good."""
        good = True
        for violation in self._of_fields(location):
            good = False
            yield violation
        if good and location.person_id in self.nobodies:
            yield "person_id", f"must be the id of a person, {location.person_id} is nobody's"

    def _of_fields(self, location: Location) -> Iterator[Violation]:
        """NaN fails every comparison, which is wanted."""
        if not location.person_id > 0:
            yield "person_id", f"must be greater than 0, is {location.person_id}"
        if not -90 <= location.latitude <= 90:  # noqa: PLR2004  degrees
            yield "latitude", f"must be between -90 and 90, is {location.latitude}"
        if not -180 <= location.longitude <= 180:  # noqa: PLR2004  degrees
            yield "longitude", f"must be between -180 and 180, is {location.longitude}"
        if location.latitude == 0 == location.longitude:
            yield "latitude", "must not be exactly 0 together with longitude: devices say that where they have no fix"
        if location.HasField("creation_time"):
            yield from self._time_violations(location.creation_time)
        if not 0 <= location.accuracy_m < inf:
            yield "accuracy_m", f"must be a finite number, 0 or more, is {location.accuracy_m}"

    def _time_violations(self, time: Timestamp) -> Iterator[Violation]:
        if not 0 <= time.nanos < SECOND_NS:
            yield "creation_time", f"must have nanos between 0 and 999999999, has {time.nanos}"
            return
        time_us = time.seconds * SECOND_US + time.nanos // 1000
        if time_us < self.earliest_us:
            yield "creation_time", f"must not be before {readable(self.earliest_us)}, is {readable(time_us)}"
        elif time_us > self.latest_us:
            limit = f"{AHEAD_S // 60} minutes ahead of the server ({readable(self.now_us)})"
            yield "creation_time", f"must not be more than {limit}, is {readable(time_us)}"


@dataclass(frozen=True)
class TimeLimits:
    """How old a location may be: not before a fixed instant, and not older than what is kept at all."""

    earliest_us: int
    retention_days: int = 0  # 0: for ever

    def at(self, now_us: int, nobodies: Collection[int] = ()) -> Rules:
        kept_from_us = now_us - self.retention_days * DAY_US if self.retention_days else self.earliest_us
        return Rules(max(self.earliest_us, kept_from_us), now_us, nobodies)


def complete(location: Location, received_us: int) -> None:
    """Fill in an absent creation_time, and cut it to whole microseconds, as the store keeps it."""
    if location.HasField("creation_time"):
        location.creation_time.nanos -= location.creation_time.nanos % 1000
    else:
        location.creation_time.FromMicroseconds(received_us)


def microseconds(time: datetime) -> int:
    return (time - EPOCH) // timedelta(microseconds=1)


def readable(time_us: int) -> str:
    try:
        return (EPOCH + timedelta(microseconds=time_us)).isoformat().replace("+00:00", "Z")
    except OverflowError:
        return f"{time_us // SECOND_US} seconds after 1970"
