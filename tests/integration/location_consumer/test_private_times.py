"""What the store does with locations of times of which their persons keep private where they were."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from threading import Event

import pytest

from deployment.native.schema import Database
from location_consumer.locations import EPOCH
from location_consumer.rows import DAY_US, Rows
from location_consumer.store import Store
from tests.integration.location_consumer.test_erasures import START_DAY, erase, rows_of, stored
from tests.integration.statements import Query

pytestmark = pytest.mark.usefixtures("people")

START = EPOCH + timedelta(days=START_DAY)
US = timedelta(microseconds=1)


def keep_private(query: Query, person_id: int, low_us: int, high_us: int | None) -> int:
    """In microseconds after the start. Returns how many locations were deleted."""
    high = None if high_us is None else START + high_us * US
    [(span,)] = query("SELECT keep_private(%s, %s, %s)", person_id, START + low_us * US, high)
    deleted, is_more = 0, True
    while is_more:
        [(some, is_more)] = query("SELECT deleted, is_more FROM forget_locations(%s)", span)
        deleted += some
    return deleted


def test_what_was_stored_is_deleted_and_what_comes_is_dropped_by_its_time(store: Store, query: Query) -> None:
    store.write(rows_of(*((person, second) for second in range(10) for person in (1, 2))))
    assert keep_private(query, 2, 3, 6) == 3
    assert stored(query, 2) == 7
    written = store.write(rows_of(*((person, second) for second in range(10) for person in (1, 2))))
    assert (written.stored, written.duplicates, written.unknown_person.size, written.conflict.size) == (0, 17, 0, 0)
    assert written.private.tolist() == [7, 9, 11]
    anew = Store(store._database_url)  # noqa: SLF001
    assert anew.write(rows_of((2, 4), (2, 7))).private.tolist() == [0], "nor by a consumer that has just started"
    anew.close()
    assert stored(query, 2) == 7


def test_a_pause_that_ended_since_the_last_batch_hides_no_more_than_it_should(store: Store, query: Query) -> None:
    keep_private(query, 2, 0, None)
    assert store.write(rows_of((1, 0), (2, 5))).private.tolist() == [1]
    query("UPDATE private_span SET number = DEFAULT, ends_at = %s", START + 10 * US)
    written = store.write(rows_of((2, 9), (2, 10), (2, 11)))
    assert (written.private.tolist(), written.stored) == ([0], 2)


def test_pausing_twice_is_one_pause_and_times_that_touch_become_one(query: Query) -> None:
    keep_private(query, 2, 0, None)
    keep_private(query, 2, 5, None)
    keep_private(query, 2, 10, 20)
    keep_private(query, 2, 20, 25)
    keep_private(query, 2, 5, 12)
    keep_private(query, 2, 30, 40)
    spans = query("SELECT begins_at, ends_at FROM private_span ORDER BY begins_at, ends_at")
    assert spans == [(START, None), (START + 5 * US, START + 25 * US), (START + 30 * US, START + 40 * US)]
    assert query("SELECT keep_private(77, now(), NULL)") == [(None,)]


def test_others_who_keep_something_private_are_named(store: Store, query: Query) -> None:
    keep_private(query, 3, 5, 9)
    written = store.write(rows_of((1, 0)), frozenset({2, 3, -1, 77}))
    start_us = START_DAY * DAY_US
    assert written.private_spans == {3: [(start_us + 5, start_us + 9)]}


def test_of_others_who_are_known_the_answer_is_as_new(store: Store, query: Query) -> None:
    """Where nothing of theirs is good, no transaction stores anything that would notice."""
    store.write(rows_of((2, 0), (3, 0)))
    erase(query, 2)
    keep_private(query, 3, 5, 9)
    nothing = rows_of((1, 0))
    written = store.write(Rows.of(nothing.locations.at(slice(0))), frozenset({2, 3}))
    assert written.erased_persons == {2}
    assert list(written.private_spans) == [3]


def test_more_than_one_transaction_takes(query: Query, store: Store) -> None:
    store.write(rows_of(*((2, 10 * number) for number in range(45_000)), (2, DAY_US), (2, 2 * DAY_US)))
    assert keep_private(query, 2, 10, 2 * DAY_US) == 45_000
    assert stored(query, 2) == 2
    assert query("SELECT finished_at IS NOT NULL FROM private_span") == [(True,)]


def test_nothing_of_it_is_left_however_forgetting_and_the_batches_of_several_consumers_meet(
    database: Database, query: Query
) -> None:
    stop = Event()

    def keep_storing(number: int) -> None:
        store = Store(database.location_consumer)
        for round_ in count():
            if stop.is_set():
                break
            times = range(100 * (round_ % 5), 100 * (round_ % 5) + 100)  # again and again
            store.write(rows_of(*((person, 10 * time + number) for time in times for person in range(1, 5))))
        store.close()

    with ThreadPoolExecutor(3) as pool:
        consumers = [pool.submit(keep_storing, number) for number in range(3)]
        try:
            while stored(query, 4) < 1500:
                stop.wait(0.01)
            for first in range(0, 4000, 1000):
                keep_private(query, 1, first, first + 500)
                inside = "person_id = 1 AND creation_time >= %s AND creation_time < %s"
                between = (START + first * US, START + (first + 500) * US)
                for _ in range(20):
                    assert query(f"SELECT count(*) FROM location WHERE {inside}", *between) == [(0,)]
        finally:
            stop.set()
    for consumer in consumers:
        consumer.result()
    assert stored(query, 1) == 1500 - 4 * 150
