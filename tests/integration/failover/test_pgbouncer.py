"""pgbouncer in front of the database, in session and in transaction mode: all works, with its timeouts in force."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest

from deployment.native.ports import free_address
from deployment.native.postgresql import USER, give_to_postgresql
from deployment.native.schema import Database
from location_consumer.store import StoreUnavailableError
from service_kit.database import connection, raw_errors
from service_kit.errors import DependencyDown
from tests.integration.failover.conftest import ADA, Services

ServicesAt = Callable[..., Services]
INI = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = plain
auth_file = {folder}/users.txt
pool_mode = {mode}
default_pool_size = 2
max_client_conn = 100
"""
SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = %s"

END_SESSIONS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture(params=["session", "transaction"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def pooler(database: Database, mode: str, tmp_path: Path, poll_until: Any) -> Iterator[Callable[[str], str]]:
    """pooler(url) → the same database by way of pgbouncer."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    assert program, "pgbouncer is not installed: deployment/native/packages.sh pgbouncer"
    folder = Path(f"/var/tmp/{tmp_path.parent.name}-{tmp_path.name}")  # noqa: S108  where PostgreSQL's user may enter
    folder.mkdir(mode=0o700)
    address, server = free_address(), urlsplit(database.owner)
    users = "".join(f'"{user}" "{password}"\n' for user, password in database.passwords.items())
    (folder / "users.txt").write_text(users)
    listen = address.rpartition(":")[2]
    ini = INI.format(host=server.hostname, port=server.port, listen=listen, folder=folder, mode=mode)
    (folder / "pgbouncer.ini").write_text(ini)
    for path in (folder, *folder.iterdir()):
        give_to_postgresql(path)
    switch = ["-u", USER] if os.geteuid() == 0 else []
    log = (folder / "log").open("wb")
    process = subprocess.Popen([program, *switch, str(folder / "pgbouncer.ini")], stdout=log, stderr=log)

    def by_way_of_it(url: str) -> str:
        parts = urlsplit(url)
        return parts._replace(netloc=f"{parts.username}:{parts.password}@{address}").geturl()

    def answers() -> bool:
        assert process.poll() is None, (folder / "log").read_text()
        try:
            psycopg2.connect(by_way_of_it(database.person_service)).close()
        except psycopg2.OperationalError:
            return False
        return True

    try:
        poll_until(answers)
        yield by_way_of_it
    finally:
        process.kill()
        process.wait()
        log.close()
        shutil.rmtree(folder)


@pytest.fixture
def services(services_at: ServicesAt, pooler: Callable[[str], str], database: Database) -> Services:
    return services_at(pooler, database)


def test_every_service_does_its_work_also_with_several_clients_to_a_session(
    services_at: ServicesAt, pooler: Callable[[str], str], database: Database, mode: str
) -> None:
    several = [services_at(pooler, database) for _ in range(4 if mode == "transaction" else 1)]
    ids = [one.rest.post("/api/persons", json=ADA).get_json()["id"] for one in several for _ in range(5)]
    assert len(set(ids)) == len(ids)
    for second, one in enumerate(several):
        assert one.store_a_location(ids[0], second) == 1
        assert one.store_a_location(ids[0], second) == 0, "by way of the staging table"
        assert one.rest.get("/readyz").status_code == 200
    with ThreadPoolExecutor(2) as pool:  # each question may be answered by another session of the server's
        asked = [one for one in several for _ in range(20)]
        assert list(pool.map(lambda one: one.track(ids[0]), asked)) == [len(several)] * len(asked)
    assert several[0].rest.delete(f"/api/persons/{ids[0]}").status_code == 204
    assert several[-1].track(ids[0]) == 0
    if mode == "transaction":
        with psycopg2.connect(database.superuser) as session, session.cursor() as cursor:
            cursor.execute(SESSIONS, ["connection_service"])
            [(sessions,)] = cursor
            assert sessions <= 2, "the clients have to share"
        session.close()


def test_the_timeouts_are_in_force(services_at: ServicesAt, pooler: Callable[[str], str], database: Database) -> None:
    services = services_at(pooler, database, statement_timeout_s=0.7)
    for engine in (services.person_engine, services.connection_engine):
        with pytest.raises(DependencyDown), connection(engine) as borrowed:
            borrowed.exec_driver_sql("SELECT pg_sleep(20)")
        with connection(engine) as borrowed:
            assert borrowed.exec_driver_sql("SHOW jit").scalar() == "off"
            assert borrowed.exec_driver_sql("SHOW timezone").scalar() == "UTC"
        with (
            pytest.raises(psycopg2.errors.QueryCanceled),
            connection(engine) as borrowed,
            raw_errors(borrowed),
        ):
            borrowed.connection.cursor().execute("SELECT pg_sleep(20)")
    with services.consumer._transaction() as cursor:  # noqa: SLF001  there is nothing that it does that could be slow
        cursor.execute("SELECT current_setting('statement_timeout'), current_setting('jit')")
        assert cursor.fetchone() == ("20s", "off")


def test_a_pooler_whose_server_ends_its_sessions_costs_nobody_more_than_a_503(
    services: Services, database: Database
) -> None:
    ada = services.rest.post("/api/persons", json=ADA).get_json()["id"]
    services.store_a_location(ada, 0)
    services.track(ada)
    with psycopg2.connect(database.superuser) as session, session.cursor() as cursor:
        cursor.execute(END_SESSIONS)
    session.close()
    codes = [services.rest.post("/api/persons", json=ADA).status_code for _ in range(10)]
    assert set(codes) <= {201, 503}
    assert codes[-5:] == [201] * 5
    try:
        services.store_a_location(ada, 1)
    except StoreUnavailableError:
        assert services.store_a_location(ada, 1) == 1
