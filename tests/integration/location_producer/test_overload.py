"""More than can be taken, and clients that behave badly: memory and waiting stay bounded, and the others are served."""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import grpc
import pytest
from google.rpc.error_details_pb2 import RetryInfo
from grpc_status import rpc_status
from udaconnect.location.v1 import location_pb2 as pb

from tests.conftest import PollUntil
from tests.integration.connections import connections
from tests.integration.location_producer.kafka_proxy import KafkaBehindProxy
from tests.integration.location_producer.running import Producer, ReadTopic, StartProducer, locations
from tests.patience import PATIENCE_S

KAFKA_TAKES = 300_000  # bytes a second: some 10,000 locations
CALL = 2_500
CALLERS = 100  # what they have under way at a time is ten times of what may wait for such a Kafka
CALLS = 400
MEMORY_MB = 250
NOON_US = 1_772_445_600_000_000  # 2026-03-02T10:00:00Z
HTTP2_HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"

MakeTopic = Callable[..., str]


class Answer(NamedTuple):
    code: grpc.StatusCode
    retry_after_s: float


def resident_mb(producer: Producer) -> float:
    pages = int(Path(f"/proc/{producer.process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def batch(number: int) -> pb.BatchCreateLocationsRequest:
    chance = random.Random(number)  # noqa: S311  test data
    request = pb.BatchCreateLocationsRequest()
    for index in range(CALL):
        location = request.locations.add(
            person_id=chance.randint(1, 10_000), latitude=chance.uniform(-90, 90), longitude=chance.uniform(-180, 180)
        )
        location.creation_time.FromMicroseconds(NOON_US + number * 1_000_000 + index)
    return request


def send(producer: Producer, request: pb.BatchCreateLocationsRequest) -> Answer:
    code, retry_after_s = grpc.StatusCode.OK, 0.0
    try:
        producer.stub.BatchCreateLocations(request, timeout=PATIENCE_S)
    except grpc.RpcError as error:
        code = error.code()
        info = RetryInfo()
        status = rpc_status.from_call(error)
        if status and any(detail.Unpack(info) for detail in status.details):
            retry_after_s = info.retry_delay.ToNanoseconds() / 1e9
    return Answer(code, retry_after_s)


def test_ten_times_what_may_wait_is_refused_with_a_hint_and_what_was_taken_is_told_so(
    start_producer: StartProducer,
    make_topic: MakeTopic,
    read_topic: ReadTopic,
    kafka_behind_proxy: KafkaBehindProxy,
    poll_until: PollUntil,
) -> None:
    topic = make_topic(partitions=6)
    # How long the others wait is for the benchmarks to say; here none is told after its time that it was too late.
    patient = {"DELIVERY_TIMEOUT_MS": str(int(PATIENCE_S * 1000))}
    producer = start_producer(topic, kafka_behind_proxy.bootstrap_servers, **patient)
    poll_until(producer.serving)
    requests = [batch(number) for number in range(20)]
    kafka_behind_proxy.slow_down(KAFKA_TAKES)

    memory_mb = 0.0
    with ThreadPoolExecutor(CALLERS) as pool:
        calls = [pool.submit(send, producer, requests[number % len(requests)]) for number in range(CALLS)]
        answers = []
        for call in calls:
            answers.append(call.result())
            memory_mb = max(memory_mb, resident_mb(producer))
    after = send(producer, requests[0])

    codes = Counter(answer.code for answer in answers)
    assert set(codes) == {grpc.StatusCode.OK, grpc.StatusCode.RESOURCE_EXHAUSTED}, codes
    assert codes[grpc.StatusCode.RESOURCE_EXHAUSTED] > CALLS / 2
    assert all(answer.retry_after_s > 0 for answer in answers if answer.code != grpc.StatusCode.OK)
    assert memory_mb < MEMORY_MB
    assert after.code == grpc.StatusCode.OK
    assert len(locations(read_topic(topic))) == CALL * (codes[grpc.StatusCode.OK] + 1)


def test_a_client_that_never_reads_its_receipts_is_not_read_either(
    start_producer: StartProducer, make_topic: MakeTopic, poll_until: PollUntil
) -> None:
    # No limit of the caller's own: it is its unread receipts that stop it.
    producer = start_producer(make_topic(partitions=2), CALLER_LOCATIONS_PER_S="0")
    poll_until(producer.serving)
    # Each is refused in a receipt that is as large as the request.
    wrong = pb.StreamLocationsRequest(locations=[pb.Location(person_id=1, latitude=91)] * 10_000)
    taken = 0

    def requests() -> Iterator[pb.StreamLocationsRequest]:
        nonlocal taken
        while True:
            taken += 1
            yield wrong

    before_mb = resident_mb(producer)
    stream = producer.stub.StreamLocations(requests())
    seen = [-1, 0]

    def rests() -> bool:
        seen.append(taken)
        return seen[-1] == seen[-2] > 0

    poll_until(rests, interval_s=1)
    assert taken < 100
    assert resident_mb(producer) < before_mb + 100
    assert send(producer, batch(1)).code == grpc.StatusCode.OK
    stream.cancel()


@pytest.mark.parametrize("hello", [b"", HTTP2_HELLO], ids=["silent", "http/2"])
def test_ten_thousand_idle_connections_leave_room_for_one_that_works(
    start_producer: StartProducer, make_topic: MakeTopic, poll_until: PollUntil, hello: bytes
) -> None:
    producer = start_producer(make_topic(partitions=2))
    poll_until(producer.serving)
    with connections(producer.target, 10_000, hello):
        answer = send(producer, batch(1))
        assert answer.code == grpc.StatusCode.OK
        assert resident_mb(producer) < 400
    assert send(producer, batch(2)).code == grpc.StatusCode.OK


def test_a_message_of_100_mb_is_refused_without_being_kept(
    start_producer: StartProducer, make_topic: MakeTopic, poll_until: PollUntil
) -> None:
    producer = start_producer(make_topic(partitions=2))
    poll_until(producer.serving)
    before_mb = resident_mb(producer)
    with grpc.insecure_channel(producer.target, options=[("grpc.max_send_message_length", -1)]) as channel:
        call: Any = channel.unary_unary("/udaconnect.location.v1.LocationService/BatchCreateLocations")
        with pytest.raises(grpc.RpcError) as error:
            call(bytes(100_000_000), timeout=PATIENCE_S)
    assert error.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert resident_mb(producer) < before_mb + 30
    assert send(producer, batch(1)).code == grpc.StatusCode.OK
