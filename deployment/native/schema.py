"""Brings a database to the schema of this checkout: bootstrap as superuser, migrations as owner."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from deployment.native.folders import REPOSITORY


@dataclass(frozen=True)
class Database:
    """One database, as URLs for each role that uses it."""

    owner: str
    person_service: str
    location_consumer: str
    meeting_finder: str
    connection_service: str
    retention: str
    superuser: str

    @property
    def name(self) -> str:
        return urlsplit(self.owner).path.removeprefix("/")

    @property
    def passwords(self) -> dict[str, str]:
        services = (self.person_service, self.location_consumer, self.meeting_finder, self.connection_service)
        urls = map(urlsplit, (self.owner, *services, self.retention))
        return {str(parts.username): str(parts.password) for parts in urls}


def bootstrap(superuser_url: str, passwords: Mapping[str, str]) -> None:
    """Run db/bootstrap.sql. `passwords`: one for each of the roles udaconnect, person_service, location_consumer, …"""
    variables = {**passwords, "owner": passwords["udaconnect"]}
    psql(
        superuser_url,
        *(f"\\set {role}_password '{password}'" for role, password in variables.items()),
        f"\\i {REPOSITORY / 'db' / 'bootstrap.sql'}",
    )


def migrate(owner_url: str) -> None:
    command = [sys.executable, "-m", "alembic", "-c", str(REPOSITORY / "db" / "alembic.ini"), "upgrade", "head"]
    store = "citus" if "CITUS_PG_BIN" in os.environ else "postgresql"
    environment = {**os.environ, "DATABASE_URL": owner_url, "STORE": store}
    # In a session of its own: Ctrl-C is for this process, which then ends the migrations without a trace of its stack.
    subprocess.run(command, check=True, env=environment, start_new_session=True)


def psql(url: str, *commands: str) -> None:
    """Give commands to psql on its standard input: what stands in its arguments, anybody on the machine could read."""
    parts = urlsplit(url)
    environment = {
        **os.environ,
        "PGHOST": str(parts.hostname),
        "PGPORT": str(parts.port),
        "PGUSER": str(parts.username),
        "PGPASSWORD": str(parts.password),
        "PGDATABASE": parts.path.removeprefix("/"),
        "PGOPTIONS": "-c client_min_messages=warning",
    }
    command = ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    subprocess.run(command, check=True, text=True, env=environment, input="\n".join(commands))


def with_port(url: str, port: int) -> str:
    """The same database of the server at another port."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{parts.username}:{parts.password}@{parts.hostname}:{port}").geturl()


def create_database(superuser_url: str, database: str) -> None:
    """Create a database where it does not exist yet."""
    maintenance = urlsplit(superuser_url)._replace(path="/postgres").geturl()
    psql(
        maintenance,
        f"\\set name {database}",
        "SELECT format('CREATE DATABASE %I', :'name') WHERE NOT EXISTS",
        "(SELECT FROM pg_database WHERE datname = :'name') \\gexec",
    )
