"""OK means that the locations are on the topic, in the partition of their person."""

import random
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import grpc
import pytest
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from udaconnect.location.v1 import location_pb2 as pb
from udaconnect.location.v1.location_pb2_grpc import LocationServiceStub

from service_kit.kafka.partition import partition_of
from tests.chaos.link import Link
from tests.conftest import PollUntil
from tests.integration.location_producer.running import ReadTopic, StartProducer, locations
from tests.patience import PATIENCE_S

PARTITIONS = 6
NOON_US = 1_772_445_600_000_000  # 2026-03-02T10:00:00Z

MakeTopic = Callable[..., str]


def batch(seed: int, count: int, persons: int = 50) -> list[pb.Location]:
    """Make locations whose (person_id, creation_time) no other seed has."""
    chance = random.Random(seed)  # noqa: S311  test data
    made = []
    for index in range(count):
        location = pb.Location(
            person_id=chance.randint(1, persons),
            latitude=chance.uniform(-90, 90),
            longitude=chance.uniform(-180, 180),
            accuracy_m=chance.uniform(0, 50),
        )
        location.creation_time.FromMicroseconds(NOON_US + seed * 1_000_000 + index)
        made.append(location)
    return made


def serialised(those: list[pb.Location]) -> list[bytes]:
    return sorted(location.SerializeToString() for location in those)


def test_what_is_acknowledged_is_on_the_topic_in_the_partition_of_its_person(
    start_producer: StartProducer, make_topic: MakeTopic, read_topic: ReadTopic, poll_until: PollUntil
) -> None:
    topic = make_topic(partitions=PARTITIONS)
    producer = start_producer(topic)
    poll_until(producer.serving)
    sent = batch(1, 1000)

    receipt = producer.stub.BatchCreateLocations(pb.BatchCreateLocationsRequest(locations=sent))
    assert (receipt.accepted_count, len(receipt.rejections)) == (1000, 0)
    records = read_topic(topic)
    assert serialised(locations(records)) == serialised(sent)
    for partition, values in records.items():
        persons = {location.person_id for location in locations({partition: values})}
        assert {partition_of(person_id, PARTITIONS) for person_id in persons} == {partition}

    single = batch(2, 1)[0]
    answer = producer.stub.CreateLocation(pb.CreateLocationRequest(location=single))
    assert answer.location == single
    assert single in locations(read_topic(topic))


def test_a_batch_of_one_person_is_one_record_byte_for_byte(
    start_producer: StartProducer, make_topic: MakeTopic, read_topic: ReadTopic, poll_until: PollUntil
) -> None:
    topic = make_topic(partitions=PARTITIONS)
    producer = start_producer(topic)
    poll_until(producer.serving)
    request = pb.BatchCreateLocationsRequest(locations=batch(1, 500, persons=1))
    producer.stub.BatchCreateLocations(request)
    assert read_topic(topic)[partition_of(1, PARTITIONS)] == [request.SerializeToString()]


def test_the_largest_batch_fits_and_calls_that_come_together_lose_nothing(
    start_producer: StartProducer, make_topic: MakeTopic, read_topic: ReadTopic, poll_until: PollUntil
) -> None:
    topic = make_topic(partitions=PARTITIONS)
    producer = start_producer(topic)
    poll_until(producer.serving)
    batches = [batch(1, 10_000, persons=1), *(batch(seed, 100) for seed in range(2, 80))]
    with ThreadPoolExecutor(16) as pool:
        requests = [pb.BatchCreateLocationsRequest(locations=each) for each in batches]
        receipts = list(pool.map(producer.stub.BatchCreateLocations, requests))
    assert [receipt.accepted_count for receipt in receipts] == [len(each) for each in batches]
    assert serialised(locations(read_topic(topic))) == serialised([each for one in batches for each in one])


def test_a_stream_gets_its_receipts_in_order_and_only_the_good_ones_are_published(
    start_producer: StartProducer, make_topic: MakeTopic, read_topic: ReadTopic, poll_until: PollUntil
) -> None:
    topic = make_topic(partitions=PARTITIONS)
    producer = start_producer(topic)
    poll_until(producer.serving)
    good = [batch(seed, 10 + seed) for seed in range(30)]
    bad = pb.Location(person_id=1, latitude=90.0001)
    requests = (pb.StreamLocationsRequest(locations=[bad, *each]) for each in good)
    receipts = list(producer.stub.StreamLocations(requests))
    assert [receipt.accepted_count for receipt in receipts] == [len(each) for each in good]
    assert {(each.index, each.field) for receipt in receipts for each in receipt.rejections} == {(0, "latitude")}
    assert serialised(locations(read_topic(topic))) == serialised([each for one in good for each in one])


def test_bytes_that_are_no_request_are_the_clients_mistake(
    start_producer: StartProducer, make_topic: MakeTopic, poll_until: PollUntil
) -> None:
    producer = start_producer(make_topic())
    poll_until(producer.serving)
    service = "/udaconnect.location.v1.LocationService"
    garbage: Any = b"\xff\xff"
    calls: list[Callable[[], object]] = [
        lambda: producer.channel.unary_unary(f"{service}/CreateLocation")(garbage),
        lambda: producer.channel.unary_unary(f"{service}/BatchCreateLocations")(garbage),
        lambda: list(producer.channel.stream_stream(f"{service}/StreamLocations")(iter([garbage]))),
    ]
    for call in calls:
        with pytest.raises(grpc.RpcError) as error:
            call()
        assert error.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert producer.serving()


def test_reflection_names_the_service(
    start_producer: StartProducer, make_topic: MakeTopic, poll_until: PollUntil
) -> None:
    producer = start_producer(make_topic())
    poll_until(producer.serving)
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    [answer] = reflection_pb2_grpc.ServerReflectionStub(producer.channel).ServerReflectionInfo(iter([request]))
    names = {service.name for service in answer.list_services_response.service}
    assert {"udaconnect.location.v1.LocationService", "grpc.health.v1.Health"} <= names


def test_no_call_fails_when_a_producer_is_replaced_because_its_connections_have_an_age(
    start_producer: StartProducer, make_topic: MakeTopic, poll_until: PollUntil
) -> None:
    topic = make_topic(partitions=PARTITIONS)
    leaving, coming = (start_producer(topic, CONNECTION_AGE_S="1") for _ in range(2))
    for producer in (leaving, coming):
        poll_until(producer.serving)
    old, new = leaving.at, coming.at
    taken, enough = [0] * 4, threading.Event()

    def push(worker: int, address: str) -> None:
        with grpc.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1)]) as channel:
            stub = LocationServiceStub(channel)
            while not enough.is_set():
                those = batch(worker * 100_000 + taken[worker], 5)
                stub.BatchCreateLocations(pb.BatchCreateLocationsRequest(locations=those), timeout=PATIENCE_S)
                taken[worker] += 1

    def all_go_on() -> None:
        before = list(taken)
        poll_until(lambda: all(now > then for now, then in zip(taken, before, strict=True)) or failed())

    def failed() -> bool:
        return any(each.done() for each in running)

    with closing(Link(old)) as service, ThreadPoolExecutor(len(taken)) as pool:
        running = [pool.submit(push, worker, service.address) for worker in range(len(taken))]
        try:
            all_go_on()
            service.lead_to(new)
            poll_until(lambda: not service.still_leads_to(old))
            leaving.process.send_signal(signal.SIGTERM)
            assert leaving.process.wait(timeout=PATIENCE_S) == 0
            all_go_on()
        finally:
            enough.set()
        for each in running:
            each.result()


def test_sigterm_in_the_middle_of_the_work_loses_nothing_that_was_acknowledged(
    start_producer: StartProducer, make_topic: MakeTopic, read_topic: ReadTopic, poll_until: PollUntil
) -> None:
    topic = make_topic(partitions=PARTITIONS)
    producer = start_producer(topic)
    poll_until(producer.serving)
    acknowledged: list[pb.Location] = []
    ends: list[grpc.StatusCode] = []

    def push(worker: int) -> None:
        for turn in range(100_000):
            those = batch(worker * 100_000 + turn, 50)
            try:
                producer.stub.BatchCreateLocations(pb.BatchCreateLocationsRequest(locations=those), timeout=PATIENCE_S)
            except grpc.RpcError as error:
                ends.append(error.code())
                return
            acknowledged.extend(those)

    def stream() -> None:
        sent: list[list[pb.Location]] = []

        def requests() -> Iterator[pb.StreamLocationsRequest]:
            for turn in range(100_000):
                sent.append(batch(900_000 + turn, 50))
                yield pb.StreamLocationsRequest(locations=sent[-1])

        try:
            for index, _ in enumerate(producer.stub.StreamLocations(requests(), timeout=PATIENCE_S)):
                acknowledged.extend(sent[index])
        except grpc.RpcError as error:
            ends.append(error.code())

    with ThreadPoolExecutor(5) as pool:
        running = [*(pool.submit(push, worker) for worker in range(4)), pool.submit(stream)]
        poll_until(lambda: len(acknowledged) > 2000)
        producer.process.send_signal(signal.SIGTERM)
        assert producer.process.wait(timeout=PATIENCE_S) == 0
        for each in running:
            each.result()

    assert set(ends) <= {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
    on_topic = set(serialised(locations(read_topic(topic))))
    assert set(serialised(acknowledged)) <= on_topic
