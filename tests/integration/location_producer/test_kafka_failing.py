"""Kafka silent, away or not there yet: the client is told, memory stays bounded, and all goes on by itself after."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import grpc
from udaconnect.location.v1 import location_pb2 as pb

from tests.conftest import PollUntil
from tests.integration.location_producer.kafka_proxy import KafkaBehindProxy
from tests.integration.location_producer.running import NOT_SERVING, Producer, ReadTopic, StartProducer, locations
from tests.patience import PATIENCE_S

MakeTopic = Callable[..., str]


def create(producer: Producer, person_id: int) -> grpc.StatusCode:
    try:
        location = pb.Location(person_id=person_id, latitude=50, longitude=8)
        producer.stub.CreateLocation(pb.CreateLocationRequest(location=location), timeout=PATIENCE_S)
    except grpc.RpcError as error:
        return error.code()
    return grpc.StatusCode.OK


def persons(read_topic: ReadTopic, topic: str) -> set[int]:
    return {location.person_id for location in locations(read_topic(topic))}


def test_more_than_may_wait_is_pushed_back_and_what_waits_is_delivered(
    start_producer: StartProducer,
    make_topic: MakeTopic,
    read_topic: ReadTopic,
    kafka_behind_proxy: KafkaBehindProxy,
    poll_until: PollUntil,
) -> None:
    topic = make_topic(partitions=2)
    producer = start_producer(topic, kafka_behind_proxy.bootstrap_servers, IN_FLIGHT_MAX_CALLS="100")
    poll_until(producer.serving)
    assert create(producer, 1) == grpc.StatusCode.OK

    kafka_behind_proxy.freeze()
    with ThreadPoolExecutor(150) as pool:
        calls = {person_id: pool.submit(create, producer, person_id) for person_id in range(2, 152)}
        # Of 100 that may wait, one caller alone may have four fifths and the one after.
        poll_until(lambda: sum(call.done() for call in calls.values()) == 69)
        kafka_behind_proxy.thaw()
        codes = {person_id: call.result() for person_id, call in calls.items()}

    assert Counter(codes.values()) == {grpc.StatusCode.OK: 81, grpc.StatusCode.RESOURCE_EXHAUSTED: 69}
    accepted = {person_id for person_id, code in codes.items() if code == grpc.StatusCode.OK}
    assert accepted <= persons(read_topic, topic)
    assert create(producer, 999) == grpc.StatusCode.OK


def test_a_silent_broker_is_told_after_the_delivery_timeout_and_found_again(
    start_producer: StartProducer,
    make_topic: MakeTopic,
    read_topic: ReadTopic,
    kafka_behind_proxy: KafkaBehindProxy,
    poll_until: PollUntil,
) -> None:
    topic = make_topic()
    producer = start_producer(topic, kafka_behind_proxy.bootstrap_servers, DELIVERY_TIMEOUT_MS="2000")
    poll_until(producer.serving)
    assert create(producer, 1) == grpc.StatusCode.OK

    kafka_behind_proxy.freeze()
    # Twice: after the first time the client has lost its producer id, which is another way to be silent.
    assert create(producer, 2) == grpc.StatusCode.UNAVAILABLE
    assert create(producer, 3) == grpc.StatusCode.UNAVAILABLE
    poll_until(lambda: producer.health() == NOT_SERVING)

    kafka_behind_proxy.thaw()
    poll_until(producer.serving)
    poll_until(lambda: create(producer, 4) == grpc.StatusCode.OK)
    assert {1, 4} <= persons(read_topic, topic)


def test_a_server_without_kafka_is_up_and_says_that_it_is_not_ready(
    start_producer: StartProducer, poll_until: PollUntil
) -> None:
    producer = start_producer("location", "127.0.0.1:1")
    poll_until(lambda: producer.health() == NOT_SERVING)
    assert create(producer, 1) == grpc.StatusCode.UNAVAILABLE
    assert producer.process.poll() is None


def test_a_topic_that_does_not_exist_is_waited_for(
    start_producer: StartProducer, make_topic: MakeTopic, poll_until: PollUntil
) -> None:
    producer = start_producer(f"{make_topic()}-missing")
    poll_until(lambda: producer.health() == NOT_SERVING)
    assert create(producer, 1) == grpc.StatusCode.UNAVAILABLE
