"""The store on a real PostGIS: exactly once, whatever comes."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import psycopg2
import pytest
from kafka import TopicPartition

from deployment.native.schema import Database
from location_consumer.copy_binary import COLUMNS
from location_consumer.locations import Locations
from location_consumer.offsets.lag import Position
from location_consumer.rows import DAY_US, Rows
from location_consumer.store import CREATE_STAGING, FIND_STORED, Store, StoreUnavailableError
from tests.integration.statements import execute

START_US = 20_500 * DAY_US  # 2026-02-16


def rows_of(*rows: tuple[int, int, float, float, float]) -> Rows:
    """Rows from (person_id, microseconds after the start, latitude, longitude, accuracy_m or NaN)."""
    person, time, latitude, longitude, accuracy = zip(*rows, strict=True)
    return Rows.of(
        Locations(
            np.array(person, dtype=np.int64),
            np.array(time, dtype=np.int64) + START_US,
            np.array(latitude, dtype=float),
            np.array(longitude, dtype=float),
            np.array(accuracy, dtype=np.float32),
        )
    )


def stored(database: Database) -> list[Any]:
    return execute(
        database.owner,
        f"""SELECT person_id, (extract(epoch FROM creation_time) * 1000000)::bigint - {START_US},
                   ST_Y(coordinate), ST_X(coordinate), accuracy_m, ST_SRID(coordinate)
            FROM location ORDER BY creation_time, person_id""",
    )


def test_every_value_arrives_as_it_was_sent(store: Store, database: Database) -> None:
    written = store.write(
        rows_of(
            (1, 123_456, 48.123456789012, -11.5, 4.25),
            (2, 123_457, -90.0, 180.0, np.nan),
            (3, 3 * DAY_US, 0.0, -180.0, 0.0),
        )
    )
    assert (written.stored, written.duplicates) == (3, 0)
    assert stored(database) == [
        (1, 123_456, 48.123456789012, -11.5, 4.25, 4326),
        (2, 123_457, -90.0, 180.0, None, 4326),
        (3, 3 * DAY_US, 0.0, -180.0, 0.0, 4326),
    ]


def test_a_second_delivery_changes_nothing(store: Store, database: Database) -> None:
    rows = rows_of(*((1, second, 48.0, 11.0, np.nan) for second in range(100)))
    store.write(Rows.of(rows.locations.at(slice(50))))
    written = store.write(rows)
    assert (written.stored, written.duplicates, written.conflict.size) == (50, 50, 0)
    assert len(stored(database)) == 100


def rows_passed(plan: dict[str, Any]) -> float:
    """All rows that the steps of an executed plan have given on, or looked at in vain."""
    own = plan["Actual Rows"] + sum(value for name, value in plan.items() if name.startswith("Rows Removed by"))
    return float(own * plan["Actual Loops"]) + sum(map(rows_passed, plan.get("Plans", [])))


def test_a_replay_beyond_what_the_statistics_know_looks_each_row_up_once(store: Store, database: Database) -> None:
    first, second = (
        rows_of(
            *(
                (person, at + second * 1_000_000, 48.0, 11.0, np.nan)
                for person in range(1, 10)
                for second in range(1200)
            )
        )
        for at in (0, DAY_US // 2)
    )
    store.write(first)
    execute(database.owner, "ANALYZE location")
    store.write(second)
    store.write(second)  # finds it by failing
    assert store.write(second).duplicates == 9 * 1200

    that_half = [datetime.fromtimestamp((START_US + at) / 1e6, UTC) for at in (DAY_US // 2, DAY_US)]
    with psycopg2.connect(database.location_consumer) as session, session.cursor() as cursor:
        cursor.execute(CREATE_STAGING)
        cursor.execute(
            f"INSERT INTO staging ({COLUMNS}) SELECT {COLUMNS} FROM location WHERE creation_time >= %s", that_half[:1]
        )
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {FIND_STORED}", that_half)
        [[[explained]]] = cursor.fetchall()
    session.close()
    assert 9 * 1200 < rows_passed(explained["Plan"]) < 10 * 9 * 1200  # each against each: 117 million


def test_new_rows_amid_a_replay_are_stored(store: Store, database: Database) -> None:
    rows = [(1, second, 48.0, 11.0, np.nan) for second in range(100)]
    store.write(rows_of(*rows[:50]))
    store.write(rows_of(*rows[:50]))
    written = store.write(rows_of(*rows[40:], (1, 45, 9.0, 9.0, np.nan), (1, 99, 48.0, 11.0, np.nan)))
    assert (written.stored, written.duplicates, written.conflict.tolist()) == (50, 11, [60])
    assert store.write(rows_of((2, 0, 48.0, 11.0, np.nan))).stored == 1
    assert len(stored(database)) == 101


def test_another_place_for_a_taken_instant_is_a_conflict_and_the_first_one_stays(
    store: Store, database: Database
) -> None:
    store.write(rows_of((1, 0, 48.0, 11.0, np.nan)))
    written = store.write(rows_of((2, 0, 1.0, 1.0, np.nan), (1, 0, 48.0, 11.1, 3.0), (1, 0, 48.0, 11.0, 3.0)))
    assert (written.stored, written.duplicates, written.conflict.tolist()) == (1, 1, [1])
    assert [row[:4] for row in stored(database)] == [(1, 0, 48.0, 11.0), (2, 0, 1.0, 1.0)]


def test_within_one_batch_the_first_to_arrive_is_stored(store: Store, database: Database) -> None:
    written = store.write(
        rows_of((1, 0, 48.0, 11.0, 3.0), (1, 0, 48.0, 11.0, 3.0), (1, 0, 9.0, 9.0, np.nan), (1, 1, 9.0, 9.0, 1.0))
    )
    assert (written.stored, written.duplicates, written.conflict.tolist()) == (2, 1, [2])
    assert [row[2:4] for row in stored(database)] == [(48.0, 11.0), (9.0, 9.0)]


def test_locations_of_unknown_persons_are_named_and_the_others_stored(store: Store, database: Database) -> None:
    written = store.write(rows_of((77, 0, 1.0, 1.0, 1.0), (1, 0, 1.0, 1.0, 1.0), (78, 0, 1.0, 1.0, 1.0)))
    assert (written.stored, written.unknown_person.tolist()) == (1, [0, 2])
    execute(database.owner, "INSERT INTO person (id, first_name, last_name, company_name) VALUES (77, 'A', 'B', 'C')")
    assert store.write(rows_of((77, 0, 1.0, 1.0, 1.0))).stored == 1


def test_a_batch_may_be_of_as_many_days_as_it_has_locations(store: Store, database: Database) -> None:
    days = 250
    written = store.write(rows_of(*((1, -number * DAY_US, 1.0, 2.0, np.nan) for number in range(days))))
    assert written.stored == days
    assert len(stored(database)) == days


def test_a_partition_that_was_dropped_is_made_again(store: Store, database: Database) -> None:
    store.write(rows_of((1, 0, 1.0, 1.0, 1.0)))
    execute(database.owner, "DROP TABLE location_20260216")
    assert store.write(rows_of((1, 0, 1.0, 1.0, 1.0), (2, 5, 1.0, 1.0, 1.0))).stored == 2


def test_what_the_database_refuses_is_found_and_the_rest_is_stored(store: Store, database: Database) -> None:
    execute(database.owner, "ALTER TABLE location ADD CHECK (person_id <> 5)")
    rows = [(person, time, 1.0, 1.0, np.nan) for time in range(20) for person in (4, 5, 6)]
    written = store.write(rows_of(*rows))
    assert written.stored == 40
    assert [position for position, _ in written.refused] == list(range(1, 60, 3))
    assert "23514" in written.refused[0][1]


def test_after_a_lost_connection_the_same_batch_can_be_written(store: Store, database: Database) -> None:
    rows = rows_of((1, 0, 1.0, 1.0, 1.0))
    store.check()
    execute(
        database.superuser,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'location_consumer' AND datname = current_database()",
    )
    with pytest.raises(StoreUnavailableError):
        store.write(rows)
    assert store.write(rows).stored == 1


def test_how_far_the_consumer_is_can_be_read_by_those_who_answer_questions(store: Store, database: Database) -> None:
    zero, one = TopicPartition("location", 0), TopicPartition("location", 1)
    store.report({zero: Position(5, 9), one: Position(0, 0)})
    store.report({zero: Position(9, 9)})
    assert execute(
        database.connection_service,
        "SELECT partition, next_offset, end_offset, now() - observed_at < '1 minute' FROM consumer_progress ORDER BY 1",
    ) == [(0, 9, 9, True), (1, 0, 0, True)]


def test_the_role_of_the_consumer_can_do_nothing_else(database: Database) -> None:
    for statement in (
        "SELECT first_name FROM person",
        "INSERT INTO person (first_name, last_name, company_name) VALUES ('a', 'b', 'c')",
        "DELETE FROM location",
        "UPDATE location SET accuracy_m = 0",
        "CREATE TABLE mine ()",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            execute(database.location_consumer, statement)
