"""A broker of the test's own with SASL_SSL and SCRAM: the services reach it by user and CA, and not without."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import psycopg2
import pytest
from udaconnect.location.v1 import location_pb2, location_pb2_grpc

from deployment.native.folders import DataFolder
from deployment.native.kafka import JAVA, PROPERTIES, kafka_command
from deployment.native.ports import free_address, free_port
from deployment.native.schema import Database
from tests.certificates import Authority
from tests.patience import PATIENCE_S

USER, PASSWORD = "kafka-services", "correct horse battery staple"

SECURE = """
listeners=SECURE://127.0.0.1:{secure},INTERNAL://127.0.0.1:{internal},CONTROLLER://127.0.0.1:{controller}
listener.security.protocol.map=SECURE:SASL_SSL,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=INTERNAL
listener.name.secure.ssl.keystore.type=PEM
listener.name.secure.ssl.keystore.location={keystore}
listener.name.secure.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.secure.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
"""


@dataclass
class Broker:
    settings: dict[str, str]
    others_ca: Path
    wrong_password_file: Path


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    folder = tmp_path_factory.mktemp("kafka")
    ours, others = Authority(folder / "ours"), Authority(folder / "others", "Somebody else")
    pair = ours.issue("broker")
    keystore = folder / "keystore.pem"
    keystore.write_text(pair.key.read_text() + pair.cert.read_text())
    password_file, wrong = folder / "password", folder / "wrong_password"
    password_file.write_text(f"{PASSWORD}\n")
    wrong.write_text("guessed")

    secure, internal, controller = (free_port() for _ in range(3))
    more = SECURE.format(secure=secure, internal=internal, controller=controller, keystore=keystore)
    data = DataFolder(folder / "data")
    data.make()
    format_with_user(data, internal, controller, more)
    with (folder / "kafka.log").open("wb") as log:
        command = kafka_command(data, internal, controller, more)
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield Broker(
            {
                "KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{secure}",
                "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
                "KAFKA_USERNAME": USER,
                "KAFKA_PASSWORD_FILE": str(password_file),
                "KAFKA_CA_FILE": str(ours.ca),
            },
            others.ca,
            wrong,
        )
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def format_with_user(data: DataFolder, internal: int, controller: int, more: str) -> None:
    """SCRAM needs its first user before the broker can be spoken to."""
    data.kafka.mkdir()
    properties = data.kafka / "server.properties"
    ports = {"broker_port": internal, "controller_port": controller}
    properties.write_text(PROPERTIES.substitute(ports, log_dirs=data.kafka / "data") + more)
    user = f"SCRAM-SHA-512=[name={USER},password={PASSWORD}]"
    command = [*JAVA, "kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", str(properties)]
    subprocess.run([*command, "--add-scram", user], check=True, capture_output=True)


def make_topics(settings: Mapping[str, str], wait_s: float) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "KAFKA_WAIT_S": str(wait_s), "LOCATION_PARTITIONS": "1", **settings}
    command = [sys.executable, "-m", "location_producer.topics"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


@pytest.fixture(scope="module")
def topics(broker: Broker) -> Broker:
    made = make_topics(broker.settings, PATIENCE_S)
    assert made.returncode == 0, made.stderr
    return broker


def test_without_the_password_or_the_ca_of_the_broker_nothing_is_reached(topics: Broker) -> None:
    for wrong in (
        {"KAFKA_PASSWORD_FILE": str(topics.wrong_password_file)},
        {"KAFKA_CA_FILE": str(topics.others_ca)},
        {"KAFKA_USERNAME": "somebody"},
    ):
        refused = make_topics({**topics.settings, **wrong}, 4)
        assert refused.returncode != 0
        assert "The topics could not be made" in refused.stderr
        assert PASSWORD not in refused.stdout + refused.stderr


def test_a_location_goes_the_whole_way_over_tls(topics: Broker, database: Database, poll_until: Any) -> None:
    with psycopg2.connect(database.owner) as session, session.cursor() as cursor:
        cursor.execute("INSERT INTO person (first_name, last_name, company_name) VALUES ('a', 'b', 'c') RETURNING id")
        [(person_id,)] = cursor.fetchall()
    session.close()
    bind, metrics, health = (free_address() for _ in range(3))
    environment = {**os.environ, **topics.settings}
    of_producer = {**environment, "GRPC_BIND": bind, "METRICS_BIND": metrics}
    of_consumer = {**environment, "DATABASE_URL": database.location_consumer, "HEALTH_BIND": health}
    processes = [
        subprocess.Popen([sys.executable, "-m", "location_producer"], env=of_producer),
        subprocess.Popen([sys.executable, "-m", "location_consumer"], env=of_consumer),
    ]
    try:
        with grpc.insecure_channel(bind) as channel:
            stub = location_pb2_grpc.LocationServiceStub(channel)
            fix = location_pb2.Location(person_id=person_id, latitude=1, longitude=2)

            def is_taken() -> bool:
                try:
                    return bool(
                        stub.CreateLocation(location_pb2.CreateLocationRequest(location=fix), timeout=PATIENCE_S)
                    )
                except grpc.RpcError:
                    return False

            poll_until(is_taken)

        def stored() -> int:
            with psycopg2.connect(database.owner) as session, session.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM location")
                [(count,)] = cursor.fetchall()
            session.close()
            return int(count)

        poll_until(stored)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(PATIENCE_S)
