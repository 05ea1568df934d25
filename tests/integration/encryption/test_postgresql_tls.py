"""What DATABASE_URL says about TLS is honoured by whatever connects to it: a cluster of the test's own."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile, rmtree
from tempfile import mkdtemp

import psycopg2
import pytest
from sqlalchemy import text

from deployment.native.folders import REPOSITORY, DataFolder
from deployment.native.ports import HOST, free_port
from deployment.native.postgresql import give_to_postgresql, postgresql, remove_postgresql
from location_consumer.store import Store, StoreUnavailableError
from service_kit.database import connection, make_engine
from service_kit.errors import DependencyDown
from tests.certificates import Authority
from tests.patience import PATIENCE_S


@dataclass
class Cluster:
    url: str
    ca: Path
    others_ca: Path

    def trusting(self, ca: Path) -> str:
        return f"{self.url}?sslmode=verify-full&sslrootcert={ca}"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    certificates = tmp_path_factory.mktemp("certificates")
    ours, others = Authority(certificates / "ours"), Authority(certificates / "others", "Somebody else")
    pair = ours.issue("postgresql")
    folder = DataFolder(Path(mkdtemp(prefix="udaconnect-tls-")))  # PostgreSQL's user may not enter pytest's folders
    folder.path.chmod(0o711)
    port = free_port()
    password = secrets.token_hex(16)
    url = f"postgresql://postgres:{password}@{HOST}:{port}/postgres"
    try:
        with postgresql(folder, port, password):
            home = folder.postgresql.resolve()
            for name, source in (("server.crt", pair.cert), ("server.key", pair.key)):
                copyfile(source, home / name)
                (home / name).chmod(0o600)
                give_to_postgresql(home / name)
            session = psycopg2.connect(url)
            session.autocommit = True
            with session.cursor() as cursor:
                cursor.execute("ALTER SYSTEM SET ssl_cert_file = %s", [str(home / "server.crt")])
                cursor.execute("ALTER SYSTEM SET ssl_key_file = %s", [str(home / "server.key")])
                cursor.execute("ALTER SYSTEM SET ssl = on")
                cursor.execute("SELECT pg_reload_conf()")
                cursor.execute("CREATE TABLE location ()")  # location_consumer looks for it
            session.close()
            yield Cluster(url, ours.ca, others.ca)
    finally:
        remove_postgresql(folder)
        rmtree(folder.path, ignore_errors=True)


def rest_services(url: str) -> bool:
    """person_service and connection_service: whether the connection is encrypted. Raises where there is none."""
    engine = make_engine(url, application_name="test", pool_size=1)
    try:
        with connection(engine) as borrowed:
            return bool(borrowed.scalar(text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")))
    finally:
        engine.dispose()


def location_consumer(url: str) -> bool:
    store = Store(url)
    try:
        store.check()
    finally:
        store.close()
    return True


def await_schema(url: str) -> bool:
    command = [sys.executable, str(REPOSITORY / "db" / "await_schema.py"), "database"]
    environment = {**os.environ, "DATABASE_URL": url, "SCHEMA_WAIT_S": "2"}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    if ended.returncode:
        raise DependencyDown(ended.stderr)
    return True


@pytest.mark.parametrize("connects", [rest_services, location_consumer, await_schema])
def test_the_servers_certificate_is_checked(
    cluster: Cluster, poll_until: Callable[..., bool], connects: Callable[[str], bool]
) -> None:
    def encrypted() -> bool:
        """The server takes its certificate up a moment after it was told to."""
        try:
            return connects(cluster.trusting(cluster.ca))
        except (DependencyDown, StoreUnavailableError):
            return False

    assert poll_until(encrypted)
    with pytest.raises((DependencyDown, StoreUnavailableError)):
        connects(cluster.trusting(cluster.others_ca))
