"""The service's role may do what the service does, and nothing else."""

from collections.abc import Iterator

import psycopg2
import pytest
from psycopg2.errors import InsufficientPrivilege
from psycopg2.extensions import cursor as Cursor  # noqa: N812  it is a class

from deployment.native.schema import Database


@pytest.fixture
def as_person_service(database: Database) -> Iterator[Cursor]:
    session = psycopg2.connect(database.person_service)
    session.autocommit = True
    with session.cursor() as cursor:
        yield cursor
    session.close()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT FROM location",
        "INSERT INTO location (person_id, creation_time) VALUES (1, now())",
        "SELECT ensure_location_partition('2026-03-02')",
        "SELECT hold_erasures(0)",
        "SELECT drop_locations_before('2026-03-02')",
        "DELETE FROM person",
        "DELETE FROM location",
        "DELETE FROM erased_person",
        "INSERT INTO person (id, first_name, last_name, company_name) VALUES (1, 'a', 'b', 'c')",
        "TRUNCATE person",
        "UPDATE person SET first_name = 'Eve'",
        "ALTER TABLE person ADD COLUMN email text",
        "CREATE TABLE mine ()",
        "CREATE TEMPORARY TABLE mine ()",
    ],
)
def test_what_is_not_granted_is_refused(as_person_service: Cursor, statement: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        as_person_service.execute(statement)


def test_persons_may_be_read_and_added(as_person_service: Cursor) -> None:
    as_person_service.execute("INSERT INTO person (first_name, last_name, company_name) VALUES ('a', 'b', 'c')")
    as_person_service.execute("SELECT first_name, last_name, company_name FROM person")

    assert as_person_service.fetchall() == [("a", "b", "c")]
