"""What the store does with locations of persons who have been erased, and of days that have been dropped."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event

import numpy as np
import psycopg2
import pytest

from deployment.native.schema import Database
from location_consumer.locations import Locations
from location_consumer.rows import DAY_US, Rows
from location_consumer.store import Store, StoreUnavailableError
from tests.integration.statements import Query

pytestmark = pytest.mark.usefixtures("people")

START_DAY = 20_500  # 2026-02-16


def rows_of(*rows: tuple[int, int], latitude: float = 48.0) -> Rows:
    """Rows from (person_id, microseconds after the start)."""
    person, time = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    place = np.full(time.size, latitude)
    return Rows.of(Locations(person, time + START_DAY * DAY_US, place, place, np.full(time.size, np.nan, np.float32)))


def stored(query: Query, person_id: int) -> int:
    return int(query("SELECT count(*) FROM location WHERE person_id = %s", person_id)[0][0])


def erase(query: Query, person_id: int) -> None:
    assert query("SELECT erase_person(%s)", person_id) == [(True,)]
    while query("SELECT erase_locations(%s)", person_id) == [(True,)]:
        pass


def test_locations_of_an_erased_person_are_dropped_and_no_dead_letters_and_the_others_are_stored(
    store: Store, query: Query
) -> None:
    erase(query, 2)
    written = store.write(rows_of((1, 0), (2, 0), (77, 0), (2, 1), (3, 0)))
    assert (written.stored, written.duplicates) == (2, 0)
    assert written.erased.tolist() == [1, 3]
    assert written.unknown_person.tolist() == [2]
    assert stored(query, 2) == 0


def test_a_consumer_that_knew_the_person_forgets(store: Store, query: Query) -> None:
    assert store.write(rows_of((1, 0), (2, 0))).stored == 2
    erase(query, 2)
    written = store.write(rows_of((1, 1), (2, 1)))
    assert (written.stored, written.erased.tolist()) == (1, [1])
    assert stored(query, 2) == 0


def test_a_replay_of_what_was_stored_and_erased_brings_nothing_back(store: Store, query: Query) -> None:
    rows = rows_of(*((person, second) for second in range(100) for person in (1, 2)))
    store.write(rows)
    erase(query, 2)
    for _ in range(2):  # the second time, by way of staging
        written = store.write(rows)
        assert (written.stored, written.duplicates, written.erased.size) == (0, 100, 100)
    assert Store(store._database_url).write(rows).erased.size == 100, "nor by a consumer that has just started"  # noqa: SLF001
    assert stored(query, 2) == 0


def test_conflicts_and_refusals_are_still_named_by_their_position(store: Store, query: Query) -> None:
    store.write(rows_of((1, 5)))
    erase(query, 2)
    query("ALTER TABLE location ADD CHECK (person_id <> 5)")
    rows = rows_of((2, 0), (5, 0), (2, 1), (1, 5), (3, 0), latitude=47.0)
    written = store.write(rows)
    assert written.erased.tolist() == [0, 2]
    assert [position for position, _ in written.refused] == [1]
    assert written.conflict.tolist() == [3]
    assert written.stored == 1


def test_others_who_were_erased_are_named_though_none_of_their_locations_is_given(store: Store, query: Query) -> None:
    erase(query, 2)
    written = store.write(rows_of((1, 0)), frozenset({2, 3, -1, 77}))
    assert written.erased_persons == {2}


def test_what_is_older_than_the_floor_is_dropped_and_makes_no_day_anew(store: Store, query: Query) -> None:
    store.write(rows_of((1, 0), (1, DAY_US), (1, 2 * DAY_US)))
    while query("SELECT drop_locations_before('2026-02-18')") != [(None,)]:
        pass
    written = store.write(rows_of((1, 0), (1, 2 * DAY_US - 1), (1, 2 * DAY_US), (1, 2 * DAY_US + 1)))
    assert written.expired.tolist() == [0, 1]
    assert (written.stored, written.duplicates) == (1, 1)
    assert query("SELECT to_regclass('location_20260216'), to_regclass('location_20260217')") == [(None, None)]
    query("SELECT drop_locations_before(NULL)")
    assert store.write(rows_of((1, 0))).stored == 1, "it is kept for ever again"


def test_after_a_lost_connection_everything_is_asked_anew(store: Store, database: Database, query: Query) -> None:
    """The database may have been restored to an earlier point, where the numbers of the erasures begin anew."""
    store.write(rows_of((2, 0)))
    session = psycopg2.connect(database.superuser)
    with session, session.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'location_consumer' AND datname = current_database()"
        )
    session.close()
    query("DELETE FROM location WHERE person_id = 2")
    query("DELETE FROM person WHERE id = 2")
    query("INSERT INTO erased_person (number, person_id) OVERRIDING SYSTEM VALUE VALUES (-5, 2)")
    with pytest.raises(StoreUnavailableError):
        store.write(rows_of((2, 1)))
    assert store.write(rows_of((2, 1))).erased.tolist() == [0]


def test_nothing_is_left_however_an_erasure_and_the_batches_of_several_consumers_meet(
    database: Database, query: Query
) -> None:
    stop = Event()

    def keep_storing(number: int) -> int:
        store, kept = Store(database.location_consumer), 0
        for round_ in count():
            if stop.is_set():
                break
            times = range(100 * round_, 100 * round_ + 100)
            written = store.write(rows_of(*((person, 10 * time + number) for time in times for person in range(1, 10))))
            assert not written.unknown_person.size
            kept += written.stored
        store.close()
        return kept

    with ThreadPoolExecutor(3) as pool:
        consumers = [pool.submit(keep_storing, number) for number in range(3)]
        try:
            for person_id in range(1, 9):
                before = stored(query, 9)
                while stored(query, 9) < before + 500:
                    stop.wait(0.01)
                erase(query, person_id)
                assert stored(query, person_id) == 0
        finally:
            stop.set()
        kept = sum(consumer.result() for consumer in consumers)
    assert query("SELECT DISTINCT person_id FROM location") == [(9,)]
    assert stored(query, 9) * 9 > kept > stored(query, 9)
