"""Runs the whole system in the foreground: Kafka and PostgreSQL around the services, which honcho runs."""

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

import honcho.manager

from deployment.native import citus
from deployment.native.addresses import DATABASE, addresses, passwords_of
from deployment.native.folders import REPOSITORY, DataFolder
from deployment.native.kafka import kafka, kafka_log, wait_for_kafka
from deployment.native.lock import end_marked_processes, marked_environment, running_alone
from deployment.native.ports import choose_ports
from deployment.native.postgresql import postgresql, postgresql_log, postmaster_pid, stop_postgresql
from deployment.native.schema import bootstrap, create_database, migrate
from deployment.native.services import services

# A service may take this long to drain before honcho kills it.
honcho.manager.KILL_WAIT = 20


def run(folder: DataFolder, *, with_demo: bool) -> int:
    """Run until a signal comes or a process ends; the stores stop last. Returns the exit status."""
    exit_on_signals()
    folder.make()
    with running_alone(folder):
        end_leftovers(folder)
        passwords = passwords_of(folder)
        ports = choose_ports()
        in_use = addresses(ports, passwords)
        citus.let_nodes_in(folder, passwords)
        try:
            with (
                kafka(folder, ports["kafka"], ports["kafka_controller"]) as broker,
                postgresql(folder, ports["postgresql"], passwords["postgres"]),
                citus.workers(folder, ports, passwords["postgres"]),
            ):
                say("PostgreSQL is up; bringing the schema up to date.")
                create_database(in_use["SUPERUSER_DATABASE_URL"], DATABASE)
                citus.join(in_use["SUPERUSER_DATABASE_URL"], ports)
                bootstrap(in_use["SUPERUSER_DATABASE_URL"], passwords)
                migrate(in_use["DATABASE_URL"])
                wait_for_kafka(folder, broker, ports["kafka"])
                say("Kafka is up; making the topics.")
                make_topics(folder, in_use)
                return run_services(folder, in_use, broker.pid, with_demo=with_demo)
        finally:
            folder.run_env.unlink(missing_ok=True)
            end_marked_processes(folder)


def run_services(folder: DataFolder, in_use: dict[str, str], broker_pid: int, *, with_demo: bool) -> int:
    """Honcho stops everything when one process ends: so the stores are watched by two that end with them."""
    manager = honcho.manager.Manager()
    environment = common_environment(folder)
    if with_demo:
        environment.setdefault("VENUE_FILE", str(folder.venue))
    manager.add_process("kafka", follow(kafka_log(folder), broker_pid), env=environment)
    for service in services(in_use):
        manager.add_process(service.name, service.command, env={**environment, **service.settings}, cwd=REPOSITORY)
    manager.add_process("postgresql", follow(postgresql_log(folder), postmaster_pid(folder)), env=environment)
    announcement = f"exec {sys.executable} -m deployment.native announce" + (" --demo" if with_demo else "")
    manager.add_process("udaconnect", announcement, env={**environment, **in_use}, cwd=REPOSITORY)
    manager.loop()
    return int(manager.returncode or 0)


def common_environment(folder: DataFolder) -> dict[str, str]:
    """LOG_LEVEL and LOG_FORMAT may be given; on a terminal, a line for every request would bury what matters."""
    return {
        "LOG_LEVEL": "WARNING" if sys.stdout.isatty() else "INFO",
        "LOG_FORMAT": "text",
        **marked_environment(folder),
        "PYTHONUNBUFFERED": "1",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }


def follow(log: Path, pid: int) -> str:
    """A command that shows what is added to a log, and ends when the process `pid` does."""
    return f"exec tail --lines=0 --follow=name --pid={pid} {shlex.quote(str(log))}"


def make_topics(folder: DataFolder, in_use: dict[str, str], **settings: str) -> None:
    """`settings`: more variables of the job."""
    reached = {"KAFKA_BOOTSTRAP_SERVERS": in_use["KAFKA_BOOTSTRAP_SERVERS"]}
    environment = {**common_environment(folder), **reached, **settings}
    command = [sys.executable, "-m", "location_producer.topics"]
    subprocess.run(command, check=True, env=environment, start_new_session=True)


def end_leftovers(folder: DataFolder) -> None:
    folder.run_env.unlink(missing_ok=True)
    end_marked_processes(folder)
    stop_postgresql(folder)


def exit_on_signals() -> None:
    """Turn the first SIGINT or SIGTERM into SystemExit, so that all is stopped in order; ignore any others."""

    def exit_once(signum: int, _frame: FrameType | None) -> None:
        for every in (signal.SIGINT, signal.SIGTERM):
            signal.signal(every, signal.SIG_IGN)
        raise SystemExit(128 + signum)

    for every in (signal.SIGINT, signal.SIGTERM):
        signal.signal(every, exit_once)


def say(text: str) -> None:
    print(text, flush=True)
