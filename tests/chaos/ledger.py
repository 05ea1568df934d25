"""What was sent, what was acknowledged, and whether what is in the store is exactly that."""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import NamedTuple

from udaconnect.location.v1.location_pb2 import BatchCreateLocationsRequest, BatchCreateLocationsResponse, Location


class Key(NamedTuple):
    """(person_id, creation_time) identifies a location. Microseconds since 1970."""

    person_id: int
    time_us: int


EXAMPLES = 200

Call = Callable[..., BatchCreateLocationsResponse]


@dataclass
class Ledger:
    """Of one round. Many threads write."""

    sent: set[Key] = field(default_factory=set)  # in any attempt
    acknowledged: set[Key] = field(default_factory=set)
    acknowledgements: int = 0  # calls
    refusals: int = 0  # calls
    _lock: Lock = field(default_factory=Lock)

    def recording(self, call: Call) -> Call:
        """The same call, with an entry before it and one after it."""

        def recorded(request: BatchCreateLocationsRequest, **options: object) -> BatchCreateLocationsResponse:
            keys = [key_of(location) for location in request.locations]
            with self._lock:
                self.sent.update(keys)
            try:
                response = call(request, **options)
            except Exception:
                with self._lock:
                    self.refusals += 1
                raise
            rejected = {rejection.index for rejection in response.rejections}
            with self._lock:
                self.acknowledged.update(key for index, key in enumerate(keys) if index not in rejected)
                self.acknowledgements += 1
            return response

        return recorded


class Verdict(NamedTuple):
    acknowledged: int
    unknown: int  # sent and not acknowledged: they may be there or not
    still_unknown: int  # those of them that are not there, and may still come
    lost: int  # acknowledged, and neither stored nor a dead letter, nor taken from Kafka before it was read
    duplicated: int  # stored more than once, or stored and a dead letter too
    made_up: int  # there, and never sent
    examples: tuple[Key, ...] = ()  # of what is lost

    @property
    def holds(self) -> bool:
        return not (self.lost or self.duplicated or self.made_up)


def verdict(ledger: Ledger, stored: Iterable[Key], dead: set[Key], taken: AbstractSet[Key] = frozenset()) -> Verdict:
    """`stored` is every row of the round, as often as it is there; `taken`: what Kafka was made to delete."""
    rows = list(stored)
    found = set(rows)
    lost = ledger.acknowledged - found - dead - taken
    return Verdict(
        acknowledged=len(ledger.acknowledged),
        unknown=len(ledger.sent - ledger.acknowledged),
        still_unknown=len(ledger.sent - ledger.acknowledged - found - dead),
        lost=len(lost),
        duplicated=len(rows) - len(found) + len(found & dead),
        made_up=len((found | dead) - ledger.sent),
        examples=tuple(sorted(lost, key=lambda key: key.time_us)[:EXAMPLES]),
    )


def key_of(location: Location) -> Key:
    return Key(location.person_id, location.creation_time.ToMicroseconds())


def moment(time_us: int) -> datetime:
    return datetime.fromtimestamp(time_us // 1_000_000, UTC).replace(microsecond=time_us % 1_000_000)
