"""The events of the last hour, by person: for those who begin to listen, and for those who were away for a moment.

Records may come twice. Within a partition the number rises: what is not above the highest is dropped.
"""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from typing import NamedTuple

from udaconnect.connection.v1.encounter_pb2 import KIND_ENDED, KIND_RETRACTED, EncounterEvent


class Record(NamedTuple):
    """Of Kafka."""

    partition: int
    at_s: float  # since 1970
    value: bytes


class Held(NamedTuple):
    number: int
    encounter_id: int
    value: bytes  # of the record: half the room of a message


class HeldEvents:
    """Belongs to the event loop's thread."""

    def __init__(self, held_s: float, most: int, clock: Callable[[], float] = time.time) -> None:
        self._held_s = held_s
        self._most = most
        self._clock = clock
        self._of: defaultdict[int, deque[Held]] = defaultdict(deque)
        self._order: deque[tuple[float, int]] = deque()  # when, of whom
        self._newest: dict[int, int] = {}  # partition → number
        self.whole_after: int | None = None
        """All events of higher numbers are held; None: nothing has been read yet."""

    def __len__(self) -> int:
        return len(self._order)

    def take(self, record: Record) -> EncounterEvent | None:
        """Hold it. None: it has come before. Raises google.protobuf.message.DecodeError."""
        event = EncounterEvent.FromString(record.value)
        if event.number <= self._newest.get(record.partition, 0):
            return None
        if self.whole_after is None:
            self.whole_after = event.number - 1
        self._newest[record.partition] = event.number
        of_person = self._of[event.person_id]
        if event.kind == KIND_RETRACTED:  # it is not to be told again, to anybody
            for position, each in enumerate(of_person):
                if each.encounter_id == event.encounter_id:
                    of_person[position] = each._replace(value=b"")
        of_person.append(Held(event.number, event.encounter_id, record.value))
        self._order.append((record.at_s, event.person_id))
        self._forget()
        return event

    def _forget(self) -> None:
        oldest_s = self._clock() - self._held_s
        while self._order and (self._order[0][0] < oldest_s or len(self._order) > self._most):
            _, person_id = self._order.popleft()
            of_person = self._of[person_id]
            self.whole_after = max(self.whole_after or 0, of_person.popleft().number)
            if not of_person:
                del self._of[person_id]

    def since(self, person_id: int, number: int) -> list[EncounterEvent] | None:
        """What a person was told after that number. None: not all of it is held any more."""
        self._forget()
        if self.whole_after is None or number < self.whole_after:
            return None
        return [event for event in self._events(person_id) if event.number > number]

    def going_on(self, person_id: int) -> tuple[int, list[EncounterEvent]]:
        """A number that this is up to, and what was told last of each encounter of the person that goes on."""
        self._forget()
        events = self._events(person_id)
        last = {event.encounter_id: event for event in events}
        up_to = max(self.whole_after or 0, *(event.number for event in events), 0)
        return up_to, [event for event in last.values() if goes_on(event)]

    def _events(self, person_id: int) -> list[EncounterEvent]:
        held: Iterable[Held] = self._of.get(person_id, ())
        return [EncounterEvent.FromString(each.value) for each in held if each.value]


def goes_on(event: EncounterEvent) -> bool:
    return event.kind not in (KIND_ENDED, KIND_RETRACTED) and not event.HasField("ended_at")
