"""The verdict of the chaos suite names everything that is not where it belongs."""

import pytest
from udaconnect.location.v1.location_pb2 import BatchCreateLocationsRequest, BatchCreateLocationsResponse, Rejection

from tests.chaos.ledger import Key, Ledger, verdict

ONE, TWO, THREE = Key(1, 1_000), Key(2, 1_000), Key(1, 2_000)


def ledger(*, sent: set[Key], acknowledged: set[Key]) -> Ledger:
    return Ledger(sent, acknowledged)


def test_what_is_acknowledged_may_be_stored_or_dead() -> None:
    found = verdict(ledger(sent={ONE, TWO}, acknowledged={ONE, TWO}), [ONE], {TWO})
    assert found.holds
    assert found.acknowledged == 2


def test_what_is_acknowledged_and_nowhere_is_lost() -> None:
    found = verdict(ledger(sent={ONE, TWO}, acknowledged={ONE, TWO}), [ONE], set())
    assert found.lost == 1
    assert not found.holds


def test_what_kafka_was_made_to_delete_is_not_lost_and_nothing_beside_it_is_excused() -> None:
    found = verdict(ledger(sent={ONE, TWO, THREE}, acknowledged={ONE, TWO, THREE}), [ONE], set(), {ONE, TWO})
    assert (found.lost, found.duplicated, found.examples) == (1, 0, (THREE,))


@pytest.mark.parametrize("there", [True, False])
def test_what_was_sent_and_not_acknowledged_may_be_there_or_not(there: bool) -> None:
    found = verdict(ledger(sent={ONE, TWO}, acknowledged={ONE}), [ONE, TWO] if there else [ONE], set())
    assert found.holds
    assert (found.unknown, found.still_unknown) == (1, 0 if there else 1)


def test_a_row_that_is_there_twice_is_duplicated() -> None:
    assert verdict(ledger(sent={ONE}, acknowledged={ONE}), [ONE, ONE], set()).duplicated == 1


def test_a_row_that_is_a_dead_letter_too_is_duplicated() -> None:
    assert verdict(ledger(sent={ONE}, acknowledged={ONE}), [ONE], {ONE}).duplicated == 1


def test_what_nobody_sent_is_made_up() -> None:
    assert verdict(ledger(sent={ONE}, acknowledged={ONE}), [ONE, THREE], {TWO}).made_up == 2


def test_a_call_is_entered_before_it_is_made_and_acknowledged_when_it_was_answered() -> None:
    entries = Ledger()
    request = BatchCreateLocationsRequest()
    for person_id in (1, 2):
        request.locations.add(person_id=person_id).creation_time.FromMicroseconds(1_000)
    seen = []

    def answer(_request: BatchCreateLocationsRequest) -> BatchCreateLocationsResponse:
        seen.append((set(entries.sent), set(entries.acknowledged)))
        return BatchCreateLocationsResponse(accepted_count=1, rejections=[Rejection(index=0)])

    entries.recording(answer)(request)
    assert seen == [({ONE, TWO}, set())]
    assert entries.acknowledged == {TWO}


def test_a_call_that_fails_stays_unknown() -> None:
    entries = Ledger()
    request = BatchCreateLocationsRequest()
    request.locations.add(person_id=1).creation_time.FromMicroseconds(1_000)

    def fail(_request: BatchCreateLocationsRequest) -> BatchCreateLocationsResponse:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        entries.recording(fail)(request)
    assert (entries.sent, entries.acknowledged) == ({ONE}, set())
