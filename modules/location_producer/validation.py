"""What a location must be to be taken in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf

from google.protobuf.timestamp_pb2 import Timestamp
from udaconnect.location.v1.location_pb2 import Location

from location_producer.people.found import NOTHING, Found
from service_kit.private_spans import hide, touch

Violation = tuple[str, str]
"""(name of the field, reason): the reason is a sentence for a person, whose subject is the field."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND_US = 1_000_000
SECOND_NS = 1_000_000_000
DAY_US = 86_400 * SECOND_US
AHEAD_S = 300  # how far a client's clock may be ahead of ours
PRIVATE = "must not be that of somebody who has paused sharing, or has had this time forgotten"


@dataclass(frozen=True)
class Rules:
    """The rules at one moment. Times are microseconds since 1970."""

    earliest_us: int
    now_us: int
    found: Found = NOTHING

    @property
    def latest_us(self) -> int:
        return self.now_us + AHEAD_S * SECOND_US

    def violations(self, location: Location) -> Iterator[Violation]:
        """Yield all that is wrong, in the order of the fields; what is wrong with the person where all else is good."""
        good = True
        for violation in self._of_fields(location):
            good = False
            yield violation
        if good and location.person_id in self.found.nobodies:
            yield "person_id", f"must be the id of a person, {location.person_id} is nobody's"
        if good and self.hide(location):
            yield "person_id", PRIVATE

    def hide(self, location: Location) -> bool:
        """Whether the person keeps private where they were at that time, which is now where it is absent."""
        spans = self.found.private.get(location.person_id)
        if spans is None:
            return False
        time = location.creation_time
        has_time = location.HasField("creation_time")
        return hide(spans, time.seconds * SECOND_US + time.nanos // 1000 if has_time else self.now_us)

    def paused(self, person_id: int) -> bool:
        """Whether the person keeps private where they are now."""
        return hide(self.found.private.get(person_id, ()), self.now_us)

    def private_between(self, first_us: int, last_us: int) -> list[int]:
        """Persons who keep private where they were at some of these instants and those between."""
        return [person_id for person_id, spans in self.found.private.items() if touch(spans, first_us, last_us)]

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

    def at(self, now_us: int, found: Found = NOTHING) -> Rules:
        kept_from_us = now_us - self.retention_days * DAY_US if self.retention_days else self.earliest_us
        return Rules(max(self.earliest_us, kept_from_us), now_us, found)


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
