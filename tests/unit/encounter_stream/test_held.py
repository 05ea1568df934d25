"""What is held of the last hour: each event once, nothing of what was taken back, and no more than is meant."""

from udaconnect.connection.v1.encounter_pb2 import (
    KIND_BEGUN,
    KIND_CORRECTED,
    KIND_ENDED,
    KIND_RETRACTED,
    EncounterEvent,
    Kind,
)

from encounter_stream.held import HeldEvents, Record

NOW_S = 1_790_000_000.0
HOUR_S = 3600.0


class Clock:
    now_s = NOW_S

    def __call__(self) -> float:
        return self.now_s


def record(
    number: int, kind: Kind.ValueType = KIND_BEGUN, *, encounter: int = 1, person: int = 7, ago_s: float = 0
) -> Record:
    event = EncounterEvent(number=number, kind=kind, encounter_id=encounter, person_id=person, other_person_id=8)
    return Record(0, NOW_S - ago_s, event.SerializeToString())


def held(*records: Record, most: int = 1000, clock: Clock | None = None) -> HeldEvents:
    events = HeldEvents(HOUR_S, most, clock or Clock())
    for each in records:
        events.take(each)
    return events


def numbers(events: list[EncounterEvent] | None) -> list[int]:
    assert events is not None
    return [event.number for event in events]


def test_what_comes_again_is_dropped() -> None:
    events = held(record(1), record(2))
    assert [events.take(each) is None for each in (record(1), record(2), record(3))] == [True, True, False]
    assert numbers(events.since(7, 1)) == [2, 3]


def test_what_goes_on_is_what_was_told_last_of_it() -> None:
    begun = [record(1, encounter=1), record(2, encounter=2)]
    events = held(*begun, record(3, KIND_ENDED, encounter=1), record(4, KIND_CORRECTED, encounter=2))
    number, going_on = events.going_on(7)
    assert (number, numbers(going_on)) == (4, [4])
    assert events.going_on(8)[1] == []


def test_what_was_taken_back_is_told_to_nobody_again() -> None:
    events = held(record(1), record(2, KIND_CORRECTED), record(3, encounter=2), record(4, KIND_RETRACTED))
    assert numbers(events.since(7, 0)) == [3, 4]
    assert numbers(events.going_on(7)[1]) == [3]


def test_who_was_away_for_longer_than_is_held_is_told_so() -> None:
    clock = Clock()
    events = held(record(5, ago_s=3000), record(6, ago_s=10), clock=clock)
    assert numbers(events.since(7, 5)) == [6]
    assert events.since(7, 3) is None, "what came before the first one is not known"
    clock.now_s += 1000
    assert events.since(7, 4) is None
    assert numbers(events.since(7, 5)) == [6], "that one was heard"
    clock.now_s += HOUR_S
    assert (numbers(events.since(7, 6)), events.since(7, 5), len(events)) == ([], None, 0)


def test_no_more_is_held_than_may_be() -> None:
    events = held(*(record(number, person=number % 3) for number in range(1, 101)), most=10)
    assert len(events) == 10
    assert numbers(events.since(1, 90)) == [91, 94, 97, 100]
    assert events.since(1, 89) is None


def test_before_anything_was_read_nothing_is_known() -> None:
    assert held().since(7, 0) is None
    assert held().going_on(7) == (0, [])
