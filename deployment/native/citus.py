"""A store of many nodes, where CITUS_PG_BIN names a folder of PostgreSQL's programs that have Citus.

CITUS_WORKERS of them, two by default, hold what is distributed (db/citus.sql); the coordinator is the PostgreSQL that
services know. Otherwise there is one node, and nothing to be done.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from urllib.parse import urlsplit

import psycopg2
from psycopg2.sql import SQL, Composable, Identifier, Literal

from deployment.native.folders import DataFolder
from deployment.native.ports import HOST, OFFSETS
from deployment.native.postgresql import give_to_postgresql, postgresql
from deployment.native.schema import create_database, psql, with_port

PORTS = [name for name in OFFSETS if name.startswith("postgresql_worker_")]
WORKERS = PORTS[: int(os.environ.get("CITUS_WORKERS", "2"))]

ENDED_WITHIN_MS = 60_000


def is_used() -> bool:
    return "CITUS_PG_BIN" in os.environ


@contextmanager
def workers(folder: DataFolder, ports: Mapping[str, int], superuser_password: str) -> Iterator[None]:
    """Run them for the length of the block, with the data in folders of their own below `folder`."""
    with ExitStack() as ending:
        for name in WORKERS if is_used() else ():
            ending.enter_context(postgresql(folder_of(folder, name), ports[name], superuser_password))
        yield


def folder_of(folder: DataFolder, worker: str) -> DataFolder:
    own = DataFolder(folder.path / worker)
    own.make()
    own.path.chmod(0o711)  # PostgreSQL's user passes through
    return own


def let_nodes_in(folder: DataFolder, passwords: Mapping[str, str]) -> None:
    """Nodes come to each other as whoever asks, with the passwords of a file: for all that are started from now on."""
    if not is_used():
        return
    file = folder.path / "pgpass"
    file.touch(mode=0o600)
    file.write_text("".join(f"{HOST}:*:*:{role}:{password}\n" for role, password in passwords.items()))
    give_to_postgresql(file)
    os.environ["PGPASSFILE"] = str(file)


def join(superuser_url: str, ports: Mapping[str, int], known_by: Mapping[str, int] | None = None) -> None:
    """Have a database on all nodes, for what the migrations distribute; on the coordinator it is there.

    `ports`: of the nodes. `known_by`: those by which the coordinator comes to the workers, if not by their own.
    """
    if not is_used():
        return
    known_by = known_by or ports
    for name in WORKERS:
        url = with_port(superuser_url, ports[name])
        create_database(url, urlsplit(url).path.removeprefix("/"))
        psql(url, "CREATE EXTENSION IF NOT EXISTS citus;")
    psql(
        superuser_url,
        "CREATE EXTENSION IF NOT EXISTS citus;",
        f"SELECT citus_set_coordinator_host('{HOST}', {ports['postgresql']}) \\g /dev/null",
        *(f"SELECT citus_add_node('{HOST}', {known_by[name]}) \\g /dev/null" for name in WORKERS),
    )


def ports_of(superuser_url: str) -> dict[str, int]:
    """Of the nodes of a database that has joined them; of the one node where Citus is not used."""
    ports = {"postgresql": urlsplit(superuser_url).port or 0}
    if is_used():
        with closing(psycopg2.connect(superuser_url)) as session, session.cursor() as cursor:
            cursor.execute("SELECT nodeport FROM pg_dist_node WHERE groupid > 0 ORDER BY groupid")
            ports |= {name: port for name, (port,) in zip(WORKERS, cursor, strict=True)}
    return ports


def on_every_node(superuser_url: str, *statements: Composable) -> None:
    """Each a transaction of its own, in a database that nobody uses."""
    maintenance = urlsplit(superuser_url)._replace(path="/postgres").geturl()
    for port in ports_of(superuser_url).values():
        with closing(psycopg2.connect(with_port(maintenance, port))) as session, session.cursor() as cursor:
            session.autocommit = True
            for statement in statements:
                cursor.execute(statement)


def drop_database(superuser_url: str, database: str) -> None:
    """Of every node, also where Citus is about to do something in it."""
    on_every_node(
        superuser_url, *closing_it(database), SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(database))
    )


def let_nobody_in(superuser_url: str, database: str) -> None:
    """So that it can be copied: what Citus does in the background is in it."""
    if is_used():
        on_every_node(superuser_url, *closing_it(database))


def closing_it(database: str) -> tuple[Composable, Composable]:
    """Nobody comes in any more, and whoever is in it has left: which takes a while on a slow machine."""
    shut = SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(Identifier(database))
    end = SQL("SELECT pg_terminate_backend(pid, {}) FROM pg_stat_activity WHERE datname = {}")
    return shut, end.format(Literal(ENDED_WITHIN_MS), Literal(database))
