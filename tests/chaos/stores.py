"""Kafka and PostgreSQL as programs of a stack."""

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psycopg2
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from deployment.native.folders import DataFolder
from deployment.native.kafka import kafka_command, kafka_log
from deployment.native.ports import HOST
from deployment.native.postgresql import USER, give_to_postgresql, log_of, make_home, prepare_cluster, programs
from tests.chaos.link import Link
from tests.chaos.program import Program

LABEL = "udaconnect-chaos"

# Each client of Kafka has a way of its own to it, which the broker must tell it.
LISTENERS = """
listeners=PLAINTEXT://127.0.0.1:{broker},PRODUCER://127.0.0.1:{of_producer},CONSUMER://127.0.0.1:{of_consumer},\
CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{broker},PRODUCER://{to_producer},CONSUMER://{to_consumer}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,PRODUCER:PLAINTEXT,CONSUMER:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
"""

# PostgreSQL refuses to run as root. For another user Python forks instead of what it does else, and in a process with
# many threads a child was seen to crash before it had become anything.
BECOME = ["--reuid", USER, "--regid", USER, "--clear-groups"]
AS_POSTGRESQL = ["env", "--chdir=/", "setpriv", *BECOME, "--"] if os.geteuid() == 0 else []

# Compiled less and collected simply, the JVM is up in half the time.
QUICK_JVM = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]


def in_a_quick_jvm(command: Sequence[str]) -> list[str]:
    java, *rest = command
    return [java, *QUICK_JVM, *(word for word in rest if "G1" not in word and "GCPause" not in word)]


def kafka_program(
    folder: DataFolder,
    ports: dict[str, int],
    more_ports: dict[str, int],
    links: dict[str, Link],
    environment: dict[str, str],
) -> Program:
    listeners = LISTENERS.format(
        broker=ports["kafka"],
        controller=ports["kafka_controller"],
        of_producer=more_ports["kafka"],
        of_consumer=more_ports["kafka_controller"],
        to_producer=links["producer_to_kafka"].address,
        to_consumer=links["consumer_to_kafka"].address,
    )
    command = in_a_quick_jvm(kafka_command(folder, ports["kafka"], ports["kafka_controller"], listeners))

    def is_ready() -> bool:
        try:
            KafkaAdminClient(bootstrap_servers=f"{HOST}:{ports['kafka']}", bootstrap_timeout_ms=1000).close()
        except KafkaError:
            return False
        return True

    return Program("kafka", command, environment, kafka_log(folder), is_ready)


def postgresql_program(
    folder: DataFolder, port: int, password: str, environment: dict[str, str], name: str = "postgresql"
) -> Program:
    home = make_home(folder)
    command = [str(programs() / "postgres"), "-D", str(home / "data"), *prepare_cluster(home, port, password)]
    log_of(home).touch()

    def is_ready() -> bool:
        try:
            psycopg2.connect(
                host=HOST, port=port, user=USER, password=password, dbname="postgres", connect_timeout=2
            ).close()
        except psycopg2.OperationalError:
            return False
        return True

    # SIGINT: sessions are ended, not waited for.
    return Program(name, [*AS_POSTGRESQL, *command], environment, log_of(home), is_ready, signal.SIGINT)


def mount(path: Path, size_mb: int) -> Path:
    """A file system of that size for the data of the store that the folder is named after."""
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size_mb}m,mode=700", LABEL, str(path)], check=True)
    if path.name == "postgresql":
        give_to_postgresql(path)
    return path
