"""Two PostgreSQL under Patroni, the second one a synchronous standby: each with its Patroni a machine that can die.

What is acknowledged is on both, as long as both run; whoever does not have all of it is not promoted
(https://patroni.readthedocs.io, "Replication modes").
"""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from deployment.native.folders import REPOSITORY
from deployment.native.ports import HOST, free_port
from deployment.native.postgresql import USER, give_to_postgresql, programs
from deployment.native.services import answers_http
from tests.chaos.link import Link
from tests.chaos.program import Program
from tests.chaos.stores import BECOME

ETCD = REPOSITORY / "var" / "programs" / "etcd" / "etcd"
NUMBERS = (1, 2)
# PostgreSQL's user may come to what Patroni is made of, wherever that is.
MAY_READ = ["--inh-caps", "+dac_override", "--ambient-caps", "+dac_override"]
AS_POSTGRESQL = ["setpriv", *BECOME, *MAY_READ, "--"] if os.geteuid() == 0 else []
# The least that Patroni takes, so that nobody waits longer than he must: whoever has not renewed his lock for so long
# is no longer the primary.
LOCK_LASTS_S = 20


@dataclass(frozen=True)
class Node:
    program: Program
    port: int
    rest: str
    """Where Patroni says how it is: http://host:port."""

    replication: Link
    """By which the other one gets what this one writes."""

    data: Path

    def pid(self) -> int:
        """Of PostgreSQL, which runs."""
        return int((self.data / "postmaster.pid").read_text().split()[0])


@dataclass(frozen=True)
class Nodes:
    etcd: Program
    nodes: Sequence[Node]

    def primary(self) -> Node | None:
        """The one that takes writes; None: nobody does, or nobody says."""
        found = [node for node in self.nodes if answers_http(f"{node.rest}/primary")]
        return found[0] if len(found) == 1 else None

    def standby_has_all(self) -> bool:
        """Whether the other one would be promoted."""
        return any(answers_http(f"{node.rest}/synchronous") for node in self.nodes)

    def reached(self, url: str) -> str:
        """The same database of whichever takes writes, as libpq finds it."""
        parts = urlsplit(url)
        hosts = ",".join(f"{HOST}:{node.port}" for node in self.nodes)
        at = parts._replace(netloc=f"{parts.username}:{parts.password}@{hosts}")
        return at._replace(query="target_session_attrs=read-write").geturl()


@contextmanager
def two_nodes(folder: Path, password: str, environment: Mapping[str, str]) -> Iterator[Nodes]:
    """Started, and not waited for. `password`: of the superuser."""
    with ExitStack() as ending:
        etcd_port = free_port()
        etcd = etcd_program(folder, etcd_port, environment)
        ending.callback(etcd.stop, killing=True)
        etcd.start()
        nodes = []
        for number in NUMBERS:
            port, rest = free_port(), free_port()
            link = Link((HOST, port))
            ending.callback(link.close)
            home = folder / f"postgresql-{number}"
            home.mkdir(mode=0o700)
            settings = settings_of(number, home, (port, rest, etcd_port), link, password)
            program = node_program(number, home, settings, f"http://{HOST}:{rest}", environment)
            ending.callback(program.stop, killing=True)
            nodes.append(Node(program, port, f"http://{HOST}:{rest}", link, home / "data"))
            program.start()
        yield Nodes(etcd, nodes)


def etcd_program(folder: Path, port: int, environment: Mapping[str, str]) -> Program:
    client, peer = f"http://{HOST}:{port}", f"http://{HOST}:{free_port()}"
    of_clients = [f"--listen-client-urls={client}", f"--advertise-client-urls={client}"]
    of_peers = [f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}"]
    command = [str(ETCD), f"--data-dir={folder / 'etcd'}", *of_clients, *of_peers, f"--initial-cluster=default={peer}"]
    return Program("etcd", command, environment, folder / "etcd.log", partial(answers_http, f"{client}/health"))


def settings_of(number: int, home: Path, ports: tuple[int, int, int], link: Link, password: str) -> dict[str, Any]:
    """Of Patroni. `ports`: of PostgreSQL, of Patroni, of etcd."""
    port, rest, etcd = ports
    custom = home / "postgresql.conf"
    shutil.copyfile(REPOSITORY / "db" / "postgresql.conf", custom)
    give_to_postgresql(custom)
    superuser = {"username": USER, "password": password}
    return {
        "scope": "udaconnect",
        "name": f"postgresql-{number}",
        "restapi": {"listen": f"{HOST}:{rest}", "connect_address": f"{HOST}:{rest}"},
        "etcd3": {"host": f"{HOST}:{etcd}"},
        "bootstrap": {
            "dcs": {
                "ttl": LOCK_LASTS_S,
                "loop_wait": 2,
                "retry_timeout": 5,
                "synchronous_mode": True,
                # Without etcd the primary goes on, as long as the standby answers it.
                "failsafe_mode": True,
                # Whoever can be replaced is not started again before.
                "primary_start_timeout": 0,
                # What was deleted from is not copied again, but set back to where both were alike.
                "postgresql": {
                    "use_pg_rewind": True,
                    "parameters": {"wal_sender_timeout": "5s", "wal_receiver_timeout": "5s"},
                },
            },
            "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"],
        },
        "postgresql": {
            "listen": f"{HOST}:{port}",
            "connect_address": link.address,
            "data_dir": str(home / "data"),
            "bin_dir": str(programs()),
            "pgpass": str(home / "pgpass"),
            "custom_conf": str(custom),
            "authentication": {"superuser": superuser, "replication": {"username": "replicator", "password": password}},
            "parameters": {"unix_socket_directories": ""},
            "pg_hba": [
                f"host replication replicator {HOST}/32 scram-sha-256",
                f"host all all {HOST}/32 scram-sha-256",
            ],
        },
    }


def node_program(
    number: int, home: Path, settings: dict[str, Any], rest: str, environment: Mapping[str, str]
) -> Program:
    written = home / "patroni.yaml"
    written.touch(mode=0o600)
    written.write_text(yaml.safe_dump(settings))
    for path in (home, written):
        give_to_postgresql(path)
    with_orphans = Path(__file__).with_name("with_orphans.py")
    command = [*AS_POSTGRESQL, sys.executable, str(with_orphans), sys.executable, "-m", "patroni", str(written)]
    log = home.with_suffix(".log")
    return Program(f"postgresql {number}", command, environment, log, partial(answers_http, f"{rest}/health"))
