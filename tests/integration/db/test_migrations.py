"""The migrations make what the services' models say, and may run at any time."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, create_engine, make_url, text

from connection_service.store.models import Base as LocationBase
from deployment.native.folders import REPOSITORY
from deployment.native.schema import Database, migrate
from person_service.models import Base as PersonBase
from tests.patience import PATIENCE_S

# Only ever written and read by SQL
WITHOUT_MODEL = {
    "consumer_progress",
    "erased_person",
    "location_floor",
    "location_rewrite",
    "connectivity",
    "connectivity_progress",
    "connectivity_due",
    "encounter_told",
    "encounter_event",
}
OF_OTHERS = {"spatial_ref_sys", "alembic_version"}
ALEMBIC_INI = REPOSITORY / "db" / "alembic.ini"
UPGRADE = [sys.executable, "-m", "alembic", "-c", str(ALEMBIC_INI), "upgrade", "head"]
DROP_ALL = """
DO $$ DECLARE thing text; BEGIN
    FOR thing IN
        SELECT 'TABLE ' || oid::regclass FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relowner = current_user::regrole
        UNION ALL
        SELECT 'FUNCTION ' || oid::regprocedure FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proowner = current_user::regrole
    LOOP
        EXECUTE format('DROP %s CASCADE', thing);
    END LOOP;
END $$
"""


@pytest.fixture
def as_owner(database: Database) -> Iterator[Connection]:
    engine = create_engine(make_url(database.owner).set(drivername="postgresql+psycopg2"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def ours(_object: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
    return not (kind == "table" and name in OF_OTHERS | WITHOUT_MODEL)


def differences(connection: Connection, *models: MetaData) -> Any:
    options = {"include_object": ours, "compare_type": True, "compare_server_default": True}
    return compare_metadata(MigrationContext.configure(connection, opts=options), list(models))  # type: ignore[arg-type]  # it takes several


def stored_things(connection: Connection) -> list[tuple[str, ...]]:
    """Every table, index, function and grant there is, by its definition."""
    queries = (
        "SELECT relname, relkind::text, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace",
        "SELECT indexname, indexdef, '' FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT proname, prosrc, proacl::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
        "SELECT version_num, '', '' FROM alembic_version",
    )
    return sorted(tuple(map(str, row)) for query in queries for row in connection.execute(text(query)))


def test_the_migrations_make_what_the_models_say(as_owner: Connection) -> None:
    assert differences(as_owner, PersonBase.metadata, LocationBase.metadata) == []


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE person DROP COLUMN company_name",
        "ALTER TABLE person ALTER last_name DROP NOT NULL",
        "ALTER TABLE person ALTER first_name TYPE varchar(100)",
        "DROP INDEX person_names_idx",
        "ALTER TABLE location DROP COLUMN accuracy_m",
        "DROP INDEX location_cell_creation_time_idx",
        "CREATE TABLE forgotten (id bigint)",
        "DROP INDEX person_names_idx; CREATE INDEX person_names_idx ON person (lower(first_name))",
    ],
)
def test_a_difference_would_be_noticed(as_owner: Connection, change: str) -> None:
    as_owner.execute(text(change))

    assert differences(as_owner, PersonBase.metadata, LocationBase.metadata) != []


def test_running_them_again_changes_nothing(database: Database, as_owner: Connection) -> None:
    before = stored_things(as_owner)
    as_owner.rollback()

    migrate(database.owner)

    assert stored_things(as_owner) == before


def test_two_at_once_go_one_after_the_other(database: Database, as_owner: Connection) -> None:
    expected = stored_things(as_owner)
    as_owner.execute(text(DROP_ALL))
    as_owner.commit()

    jobs = [subprocess.Popen(UPGRADE, env=settings(database), stderr=subprocess.DEVNULL) for _ in range(2)]

    assert [job.wait(PATIENCE_S) for job in jobs] == [0, 0]
    assert stored_things(as_owner) == expected


def test_a_change_that_waits_for_a_reader_gives_up_before_all_others_wait_for_it(
    database: Database, as_owner: Connection
) -> None:
    as_owner.execute(text("UPDATE alembic_version SET version_num = '0008'"))
    as_owner.commit()
    as_owner.execute(text("SELECT FROM connectivity"))

    job = subprocess.run(
        UPGRADE, env=settings(database), capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )

    assert "lock timeout" in job.stderr
    assert job.returncode != 0
    assert as_owner.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0008"


def settings(database: Database) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": database.owner}


def test_the_migrations_are_one_line_without_branches() -> None:
    assert len(ScriptDirectory.from_config(Config(ALEMBIC_INI)).get_heads()) == 1
