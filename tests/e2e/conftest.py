"""The whole system from outside: REST, gRPC and, to look behind it, the topics and the tables."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urljoin

import grpc
import psycopg2
import pytest
import requests
from google.protobuf.timestamp_pb2 import Timestamp
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from udaconnect.location.v1 import location_pb2, location_pb2_grpc

from tests.patience import PATIENCE_S

TOPIC, DEAD_LETTER_TOPIC, GROUP = "location", "location.dead-letter", "location_consumer"


class Fix(NamedTuple):
    person_id: int
    time: datetime
    latitude: float
    longitude: float
    accuracy_m: float | None = None


class System:
    def __init__(self, addresses: Mapping[str, str], poll_until: Any) -> None:
        self._addresses = addresses
        self._poll_until = poll_until
        self._http = requests.Session()
        self._http.trust_env = False  # to look for proxies among the variables costs as much as the request
        self._http.headers["Connection"] = "close"  # a service may end an idle connection at any time
        self._channel = grpc.insecure_channel(addresses["LOCATION_GRPC"])
        self.locations = location_pb2_grpc.LocationServiceStub(self._channel)

    def close(self) -> None:
        self._http.close()
        self._channel.close()

    def fresh_week(self) -> datetime:
        """The start of a week of which the table knows nothing yet, so that a test may run again on the same system."""
        known = {day for (day,) in self.query("SELECT DISTINCT (creation_time AT TIME ZONE 'UTC')::date FROM location")}
        start = datetime(2016, 1, 4, tzinfo=UTC)
        while any((start + timedelta(days=day)).date() in known for day in range(7)):
            start += timedelta(days=7)
        return start

    def create_person(self, first_name: str = "Ada", last_name: str = "Byron", company_name: str = "Looms") -> int:
        body = {"first_name": first_name, "last_name": last_name, "company_name": company_name}
        answer = self._http.post(f"{self._addresses['PERSON_URL']}/api/persons", json=body, timeout=PATIENCE_S)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    def send(self, fixes: Sequence[Fix], batch_size: int = 1000) -> int:
        """Return the number of accepted locations. Who is told to come again does, as every client should."""
        accepted = 0
        for first in range(0, len(fixes), batch_size):
            locations = [location(fix) for fix in fixes[first : first + batch_size]]
            request = location_pb2.BatchCreateLocationsRequest(locations=locations)
            accepted += self._poll_until(partial(self._taken, request)).accepted_count
        return accepted

    def _taken(self, request: location_pb2.BatchCreateLocationsRequest) -> Any:
        try:
            return self.locations.BatchCreateLocations(request, timeout=PATIENCE_S)
        except grpc.RpcError as error:
            if error.code() in (grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.UNAVAILABLE):
                return None
            raise

    def publish(self, *fixes: Fix) -> None:
        """As one record of somebody else's: what location_producer would refuse at once."""
        record = location_pb2.LocationBatch(locations=map(location, fixes)).SerializeToString()
        with KafkaProducer(bootstrap_servers=self._addresses["KAFKA_BOOTSTRAP_SERVERS"]) as producer:
            producer.send(TOPIC, record, partition=0).get(timeout=PATIENCE_S)

    def wait_until_consumed(self) -> None:
        """Return when everything that is on the topic now is stored or a dead letter."""
        servers = self._addresses["KAFKA_BOOTSTRAP_SERVERS"]
        ends = self.ends(TOPIC)
        with KafkaAdminClient(bootstrap_servers=servers) as admin:

            def done() -> bool:
                committed = admin.list_group_offsets(GROUP)[GROUP]
                return all(
                    end == 0 or (partition in committed and committed[partition].offset >= end)
                    for partition, end in ends.items()
                )

            self._poll_until(done)

    def dead_letters(self) -> list[Any]:
        """All records of the dead-letter topic."""
        ends = self.ends(DEAD_LETTER_TOPIC)
        with KafkaConsumer(bootstrap_servers=self._addresses["KAFKA_BOOTSTRAP_SERVERS"]) as consumer:
            consumer.assign(list(ends))
            consumer.seek_to_beginning()
            letters: list[Any] = []
            while any(consumer.position(partition) < end for partition, end in ends.items()):
                for records in consumer.poll(timeout_ms=1000, max_records=10_000).values():
                    letters += records
            return letters

    def ends(self, topic: str = TOPIC) -> dict[TopicPartition, int]:
        with KafkaConsumer(bootstrap_servers=self._addresses["KAFKA_BOOTSTRAP_SERVERS"]) as consumer:
            partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
            ends: dict[TopicPartition, int] = consumer.end_offsets(partitions)
            return ends

    def query(self, statement: str, *values: object) -> list[Any]:
        with psycopg2.connect(self._addresses["DATABASE_URL"]) as session, session.cursor() as cursor:
            cursor.execute(statement, values)
            answer = cursor.fetchall()
        session.close()
        return answer

    def get(self, path: str, **parameters: str | float) -> list[Any]:
        """All pages of a list of the connection service."""
        rows: list[Any] = []
        url: str | None = f"{self._addresses['CONNECTION_URL']}{path}"
        while url:
            answer = self._http.get(url, params=parameters, timeout=PATIENCE_S)
            assert answer.status_code == 200, answer.text
            rows += answer.json()
            parameters = {}
            following = answer.links.get("next")
            url = urljoin(url, following["url"]) if following else None
        return rows


def location(fix: Fix) -> location_pb2.Location:
    time = Timestamp()
    time.FromDatetime(fix.time)
    return location_pb2.Location(
        person_id=fix.person_id,
        latitude=fix.latitude,
        longitude=fix.longitude,
        creation_time=time,
        accuracy_m=fix.accuracy_m,
    )


@pytest.fixture(scope="session")
def system(addresses: Mapping[str, str], poll_until: Any) -> Iterator[System]:
    with closing(System(addresses, poll_until)) as system:
        yield system


@pytest.fixture(scope="session")
def make_fix() -> type[Fix]:
    """Fix(person_id, time, latitude, longitude, accuracy_m=None)."""
    return Fix
