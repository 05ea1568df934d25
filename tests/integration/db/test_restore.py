"""A backup is restored as docs/operations.md says, into a database after bootstrap.sql: everybody can go on."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from deployment.native import citus
from deployment.native.folders import REPOSITORY
from deployment.native.postgresql import programs
from deployment.native.schema import Database, bootstrap, migrate
from tests.integration.conftest import BOOTSTRAP_LOCK, maintenance, new_database
from tests.integration.statements import Query, execute

pytestmark = pytest.mark.skipif(citus.is_used(), reason="a dump of many nodes is restored into one")

ROLES = ["person_service", "location_consumer", "meeting_finder", "connection_service", "retention"]
MARKS = "SELECT obj_description(inhrelid) FROM pg_inherits WHERE inhparent = 'location'::regclass"


@pytest.fixture
def restored(addresses: Mapping[str, str], database: Database, query: Query, tmp_path: Path) -> Iterator[Database]:
    """With a day that is rewritten, and person 1, who was erased."""
    query("INSERT INTO person (id, first_name, last_name, company_name) VALUES (1, 'Ada', 'Byron', 'Looms')")
    query("SELECT ensure_location_partition('2026-03-02')")
    query("COMMENT ON TABLE location_20260302 IS 'rewritten'")
    query("SELECT erase_person(1)")
    folder = tmp_path / "backup"
    with new_database(addresses) as empty:
        with maintenance(addresses) as session, session.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [BOOTSTRAP_LOCK])
            bootstrap(empty.superuser, empty.passwords)
        for command in (
            ["pg_dump", "--format=directory", "--jobs=4", f"--file={folder}", database.owner],
            ["pg_restore", "--jobs=4", "--exit-on-error", f"--dbname={empty.superuser}", str(folder)],
        ):
            subprocess.run([programs() / command[0], *command[1:]], check=True)
        migrate(empty.owner)
        yield empty


def test_whoever_may_do_something_may_do_it_again(restored: Database) -> None:
    for role in ROLES:
        assert execute(getattr(restored, role), "SELECT current_user::text") == [(role,)]
    execute(restored.location_consumer, "CREATE TEMPORARY TABLE staging ()")
    assert execute(restored.connection_service, "SELECT count(*) FROM location") == [(0,)]


def test_who_was_erased_is_and_what_is_rewritten_is_known_to_be(restored: Database) -> None:
    assert execute(restored.owner, "SELECT person_id FROM erased_person") == [(1,)]
    assert execute(restored.owner, MARKS) == [("rewritten",)]


def test_no_number_is_given_out_twice_when_the_manual_is_followed(restored: Database, query: Query) -> None:
    manual = (REPOSITORY / "docs" / "operations.md").read_text()
    [statement] = re.findall(r"```sql\n(.*?)```", manual, re.DOTALL)
    execute(restored.superuser, statement)
    event = "INSERT INTO encounter_event (kind, encounter, person_id) VALUES (1, 1, 1) RETURNING number"
    person = "INSERT INTO person (first_name, last_name, company_name) VALUES ('Ada', 'Byron', 'Looms') RETURNING id"
    for role, given in ((restored.meeting_finder, event), (restored.person_service, person)):
        assert execute(role, given) > max(query(given) for _ in range(10)), "of those since the backup"
