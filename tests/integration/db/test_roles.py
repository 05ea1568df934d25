"""Least privilege: each service's role can do its own work (their own tests show it) and not that of the others."""

from collections.abc import Callable, Iterator

import psycopg2
import pytest
from psycopg2.errors import InsufficientPrivilege

from deployment.native.schema import Database

ROLES = ("person_service", "location_consumer", "meeting_finder", "connection_service", "retention")

# What only one of them (or two) may do.
WORK = {
    "read names": ("SELECT first_name FROM person", {"person_service"}),
    "read which persons there are": (
        "SELECT id FROM person",
        {"person_service", "location_consumer", "meeting_finder"},
    ),
    "add persons": (
        "INSERT INTO person (first_name, last_name, company_name) VALUES ('a', 'b', 'c')",
        {"person_service"},
    ),
    "rename persons": ("UPDATE person SET first_name = 'Eve'", set()),
    "delete persons past the function": ("DELETE FROM person", set()),
    "read devices": ("SELECT secret_sha256 FROM device", {"person_service"}),
    "give a device to somebody else": ("UPDATE device SET person_id = 1", set()),
    "write changes of devices past the trigger": ("INSERT INTO device_change (device_id) VALUES (1)", set()),
    "read locations": (
        "SELECT coordinate FROM location",
        {"location_consumer", "meeting_finder", "connection_service"},
    ),
    "write locations": (
        "INSERT INTO location (person_id, creation_time, coordinate) VALUES (1, now(), 'SRID=4326;POINT(1 2)')",
        {"location_consumer"},
    ),
    "change locations": ("UPDATE location SET accuracy_m = 1", set()),
    "delete locations": ("DELETE FROM location", set()),
    "empty the table": ("TRUNCATE location", set()),
    "make partitions": ("SELECT ensure_location_partition(CURRENT_DATE)", {"location_consumer"}),
    "drop partitions": ("SELECT drop_locations_before('2015-01-01')", {"retention"}),
    "rewrite finished days": ("SELECT rewrite_locations_before('2015-01-01')", {"retention"}),
    "put a day in another's place": ("SELECT take_days_place('location_20150101', '')", set()),
    "erase a person": ("SELECT erase_person(9223372036854775807)", {"person_service"}),
    "keep something private": ("SELECT keep_private(9223372036854775807, now(), NULL)", {"person_service"}),
    "share again": ("SELECT share_again(9223372036854775807)", {"person_service"}),
    "share again past the function": ("DELETE FROM private_span", set()),
    "forget what is private": ("SELECT forget_locations(0)", {"person_service", "retention"}),
    "delete locations by any time": ("SELECT delete_locations(1, now(), now())", set()),
    "read what is private": (
        "SELECT person_id, begins_at FROM private_span",
        {"person_service", "location_consumer", "meeting_finder", "connection_service"},
    ),
    "read meetings": ("SELECT person_id FROM connectivity", {"meeting_finder", "connection_service"}),
    "write meetings": ("DELETE FROM connectivity", {"meeting_finder"}),
    "change meetings": ("UPDATE connectivity SET other_id = 1", set()),
    "make partitions of meetings": ("SELECT ensure_connectivity_partition(CURRENT_DATE)", {"meeting_finder"}),
    "drop partitions of meetings": ("SELECT drop_connectivity_before('2015-01-01')", {"retention"}),
    "delete meetings by any time": ("SELECT delete_meetings(1, now(), now())", set()),
    "say which windows are to be settled": ("SELECT settle_connectivity(0, 5, 0.5, 1)", {"meeting_finder"}),
    "say so past the function": ("SELECT due_windows(0, 1)", set()),
    "note what came late": ("SELECT note_windows('{1}')", {"location_consumer"}),
    "note whose came late": ("SELECT note_windows('{1}', '{1}')", {"location_consumer"}),
    "note it past the function": ("INSERT INTO connectivity_due (window_number) VALUES (1)", set()),
    "read how far meetings are remembered": (
        "SELECT settled_before FROM connectivity_progress",
        {"meeting_finder", "connection_service"},
    ),
    "say how far meetings are remembered": ("UPDATE connectivity_progress SET settled_before = 0", set()),
    "read who is together": ("SELECT person_id FROM encounter_told", {"meeting_finder"}),
    "take back who is together": ("DELETE FROM encounter_told", {"meeting_finder"}),
    "read what is to be told": ("SELECT person_id FROM encounter_event", {"meeting_finder"}),
    "change what is to be told": ("UPDATE encounter_event SET person_id = 1", set()),
    "tell of encounters": ("SELECT tell_encounters(1, '{}')", {"meeting_finder"}),
    "forget what was told past the functions": ("SELECT forget_encounters(1, now(), now())", set()),
    "say how far it is": ("DELETE FROM consumer_progress", set()),
    "read how far it is": ("SELECT topic FROM consumer_progress", {"location_consumer", "connection_service"}),
    "make tables": ("CREATE TABLE mine ()", set()),
    "make temporary tables": ("CREATE TEMPORARY TABLE mine ()", {"location_consumer"}),
    "make functions": ("CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'", set()),
    "change the schema": ("ALTER TABLE location ADD COLUMN name text", set()),
    "pretend that migrations have run": ("UPDATE alembic_version SET version_num = 'mine'", set()),
    "become the owner": ("SET ROLE udaconnect", set()),
    "become another service": ("SET ROLE person_service", {"person_service"}),
    "read files of the server": ("SELECT pg_read_file('/etc/passwd')", set()),
    "run programs on the server": ("COPY (SELECT 1) TO PROGRAM 'true'", set()),
    "read others' passwords": ("SELECT rolpassword FROM pg_authid", set()),
}

Try = Callable[[str, str], bool]


@pytest.fixture
def allowed(database: Database) -> Iterator[Try]:
    """allowed(role, statement) → whether the role may; what it did is undone."""
    sessions = {role: psycopg2.connect(getattr(database, role)) for role in ROLES}

    def attempt(role: str, statement: str) -> bool:
        session = sessions[role]
        try:
            with session.cursor() as cursor:
                cursor.execute(statement)
        except InsufficientPrivilege:
            return False
        finally:
            session.rollback()
        return True

    with psycopg2.connect(database.owner) as owner, owner.cursor() as cursor:
        cursor.execute("SELECT ensure_location_partition(CURRENT_DATE)")
    owner.close()
    yield attempt
    for session in sessions.values():
        session.close()


def test_each_role_may_do_its_own_work_and_not_that_of_the_others(allowed: Try) -> None:
    found = {work: {role for role in ROLES if allowed(role, statement)} for work, (statement, _) in WORK.items()}
    assert found == {work: roles for work, (_, roles) in WORK.items()}


def test_no_role_of_a_service_has_powers_beyond_its_grants(database: Database) -> None:
    with psycopg2.connect(database.superuser) as session, session.cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY (%s) AND (rolsuper OR rolcreaterole OR rolcreatedb"
            " OR rolreplication OR rolbypassrls)",
            [list(ROLES)],
        )
        powerful = cursor.fetchall()
        cursor.execute(
            "SELECT m.rolname, g.rolname FROM pg_auth_members JOIN pg_roles m ON m.oid = member"
            " JOIN pg_roles g ON g.oid = roleid WHERE m.rolname = ANY (%s)",
            [list(ROLES)],
        )
        members = cursor.fetchall()
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = relowner WHERE r.rolname = ANY (%s)",
            [list(ROLES)],
        )
        owned = cursor.fetchall()
    session.close()
    assert (powerful, members, owned) == ([], [], [])
