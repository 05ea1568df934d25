"""The production overlay with tokens and TLS, really running, as whoever calls it finds it: behind an ingress."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import grpc
import psycopg2
import pytest
import requests
from google.protobuf.timestamp_pb2 import Timestamp
from udaconnect.location.v1 import location_pb2, location_pb2_grpc

from tests.cluster import kubectl
from tests.cluster.boundary import ADDRESS
from tests.cluster.production.clients import channel
from tests.cluster.production.overlay import LOCATIONS, NAMESPACE, OUTSIDE, PAGE, PHONES, POSTGRESQL
from tests.cluster.production.running import Production, production
from tests.e2e.phones.apps import Fix, Phone
from tests.patience import PATIENCE_S
from tests.tls import answers

pytestmark = pytest.mark.skipif(
    "CLUSTER_NODE" not in os.environ, reason="it is somebody's cluster, whose ingress is not ours"
)
API = f"https://{PAGE}/api/persons"
# Traefik by the annotations that stand in ingress.yaml, and by its own, of the component.
EITHER_WAY = pytest.mark.parametrize("port", ["nginx", "own"])
SERVER_NAME = "nginx.ingress.kubernetes.io/proxy-ssl-name"
HERE = {"nginx": (52.52, 13.405), "own": (52.53, 13.405)}
NOT_THERE = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}
# Whatever its user is allowed in Kafka he is not refused; the rest he is, by name.
TRY_KAFKA = """
from environs import Env
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError
from service_kit.kafka.security import read_kafka_security
env = Env()
options = {"bootstrap_servers": env.str("KAFKA_BOOTSTRAP_SERVERS"), **read_kafka_security(env).options()}
def read(topic):
    with KafkaConsumer(**options) as consumer:
        consumer.end_offsets([TopicPartition(topic, 0)])
def write(topic):
    with KafkaProducer(**options) as producer:
        producer.send(topic, b"").get(60)
for attempt, topic in ((read, "location"), (read, "encounter"), (write, "location")):
    try:
        attempt(topic)
        print("done")
    except KafkaError as error:
        print(type(error).__name__)
"""


@pytest.fixture(scope="module")
def running(addresses: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    with production(Path(addresses["CLUSTER_CHECKOUT"]), tmp_path_factory.mktemp("certificates")) as started:
        yield started


def new_person(running: Production, port: str, name: str) -> int:
    body = {"first_name": name, "last_name": "Byron", "company_name": "Looms"}
    made = running.browser(port, "people:write").post(API, json=body, timeout=PATIENCE_S)
    assert made.status_code == HTTPStatus.CREATED, made.text
    return int(made.json()["id"])


def push(
    running: Production, port: str, person_id: int, moments: Sequence[datetime], token: str | None
) -> grpc.StatusCode:
    request, (latitude, longitude) = location_pb2.BatchCreateLocationsRequest(), HERE[port]
    for moment in moments:
        time = Timestamp()
        time.FromDatetime(moment)
        request.locations.add(
            person_id=person_id, latitude=latitude, longitude=longitude, creation_time=time, accuracy_m=2.0
        )
    metadata = (("authorization", f"Bearer {token}"),) if token else ()
    with channel(f"{ADDRESS}:{running.ports[port]}", LOCATIONS, running.ours) as opened:
        try:
            stub = location_pb2_grpc.LocationServiceStub(opened)
            stub.BatchCreateLocations(request, metadata=metadata, timeout=PATIENCE_S)
        except grpc.RpcError as error:
            return error.code()
    return grpc.StatusCode.OK


def pod(name: str, namespace: str = NAMESPACE) -> str:
    """Its address, for whoever is on the node."""
    [found, *_] = kubectl.items("--namespace", namespace, "pods", f"--selector=app.kubernetes.io/name={name}")
    return str(found["status"]["podIP"])


@EITHER_WAY
def test_who_reports_by_grpc_and_who_by_phone_are_told_of_each_other(
    running: Production, poll_until: Any, port: str
) -> None:
    ada, bob = new_person(running, port, "Ada"), new_person(running, port, "Bob")
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    moments = [start + timedelta(seconds=second) for second in range(0, 301, 10)]

    token = running.issuer.token("locations:write", person_id=ada)
    poll_until(lambda: push(running, port, ada, moments, token) is grpc.StatusCode.OK)

    own = running.browser(port, "people:write", person_id=bob)
    paired = own.post(f"{API}/{bob}/devices", json={"name": "Bob's", "app": "overland"}, timeout=PATIENCE_S)
    assert paired.status_code == HTTPStatus.CREATED, paired.text
    device = paired.json()
    phone = Phone("overland", device["secret"], device["setup"], f"https://{PHONES}", device)
    [request] = phone.made([Fix(moment, *HERE[port], 2.0) for moment in moments])
    anybody = running.browser(port)
    assert phone.is_taken(anybody.send(anybody.prepare_request(request), timeout=PATIENCE_S))

    days = {"start_date": f"{moments[0]:%Y-%m-%d}", "end_date": f"{moments[-1]:%Y-%m-%d}"}
    for one, other in ((ada, bob), (bob, ada)):
        of_one = running.browser(port, "meetings:read", person_id=one)

        def met(of_one: requests.Session = of_one, one: int = one) -> list[int]:
            answer = of_one.get(f"{API}/{one}/encounters", params=days, timeout=PATIENCE_S)
            assert answer.status_code == HTTPStatus.OK, answer.text
            return [meeting["person"]["id"] for meeting in answer.json()]

        assert poll_until(met) == [other]


@EITHER_WAY
def test_the_page_is_there(running: Production, port: str) -> None:
    page = running.browser(port).get(f"https://{PAGE}/", timeout=PATIENCE_S)
    assert (page.status_code, page.headers["Content-Type"].partition(";")[0]) == (HTTPStatus.OK, "text/html")


@EITHER_WAY
def test_without_a_token_nobody_is_told_anything_and_with_one_of_his_own_nothing_of_others(
    running: Production, poll_until: Any, port: str
) -> None:
    ada, bob = new_person(running, port, "Ada"), new_person(running, port, "Bob")
    now = [datetime.now(UTC)]
    stranger = running.browser(port)
    for path in (f"/{ada}", f"/{ada}/locations?start_date={now[0]:%Y-%m-%d}&end_date={now[0]:%Y-%m-%d}"):
        assert stranger.get(f"{API}{path}", timeout=PATIENCE_S).status_code == HTTPStatus.UNAUTHORIZED
        own = running.browser(port, "people:read", "meetings:read", person_id=bob)
        assert own.get(f"{API}{path}", timeout=PATIENCE_S).status_code == HTTPStatus.FORBIDDEN
    assert (
        stranger.post(f"https://{PHONES}/phone/overland", json={}, timeout=PATIENCE_S).status_code
        == HTTPStatus.UNAUTHORIZED
    )

    own_token = running.issuer.token("locations:write", person_id=bob)
    for token, status in ((None, grpc.StatusCode.UNAUTHENTICATED), (own_token, grpc.StatusCode.PERMISSION_DENIED)):
        said = poll_until(lambda token=token: (code := push(running, port, ada, now, token)) not in NOT_THERE and code)
        assert said is status


@EITHER_WAY
def test_the_ingress_takes_nobody_else_for_location_producer(running: Production, poll_until: Any, port: str) -> None:
    ada = new_person(running, port, "Ada")
    token, now = running.issuer.token("locations:write", person_id=ada), [datetime.now(UTC)]
    for name, taken in (("somebody-else", False), ("location-producer", True)):
        what, patch = {
            "nginx": ("ingress/grpc", {"metadata": {"annotations": {SERVER_NAME: name}}}),
            "own": ("serverstransport/location-producer", {"spec": {"serverName": name}}),
        }[port]
        kubectl.run("--namespace", NAMESPACE, "patch", what, "--type=merge", f"--patch={json.dumps(patch)}")
        poll_until(lambda taken=taken: (push(running, port, ada, now, token) is grpc.StatusCode.OK) is taken)


def test_plain_text_is_refused_and_browsers_are_led_away_from_it(running: Production) -> None:
    producer = f"{pod('location-producer')}:30003"
    assert answers(channel(producer, "location-producer", running.ours))
    assert not answers(channel(producer, "location-producer", None))
    assert not answers(channel(producer, "location-producer", running.theirs))
    plain = requests.get(
        f"http://{ADDRESS}:{running.ports['plain']}/",
        headers={"Host": PAGE},
        timeout=PATIENCE_S,
        allow_redirects=False,
    )
    assert plain.is_redirect
    assert plain.headers["Location"].startswith(f"https://{PAGE}")


def test_person_service_serves_nobody_without_a_certificate_of_its_ca(running: Production) -> None:
    target, name = f"{pod('person-service')}:30004", "person-service-grpc"
    assert answers(channel(target, name, running.ours, running.ours.issue("friend")))
    assert not answers(channel(target, name, running.ours, running.theirs.issue("intruder")))
    assert not answers(channel(target, name, running.ours))
    assert not answers(channel(target, name, None))


def test_kafka_refuses_a_user_what_is_not_his(running: Production) -> None:
    assert running
    tried = kubectl.run(
        "--namespace", NAMESPACE, "exec", "deployment/location-consumer", "--", "python", "-c", TRY_KAFKA
    )
    assert tried.stdout.split() == ["done", "TopicAuthorizationFailedError", "TopicAuthorizationFailedError"]


def test_postgresql_refuses_whoever_does_not_encrypt(running: Production) -> None:
    there: dict[str, Any] = {
        "hostaddr": pod("postgis", OUTSIDE),
        "host": POSTGRESQL,
        "dbname": "udaconnect",
        "user": "person_service",
        "password": running.passwords["database-person-service"],
    }
    psycopg2.connect(**there, sslmode="verify-full", sslrootcert=str(running.ours.ca)).close()
    with pytest.raises(psycopg2.OperationalError, match="no encryption"):
        psycopg2.connect(**there, sslmode="disable")
    with pytest.raises(psycopg2.OperationalError, match="certificate verify failed"):
        psycopg2.connect(**there, sslmode="verify-full", sslrootcert=str(running.theirs.ca))
