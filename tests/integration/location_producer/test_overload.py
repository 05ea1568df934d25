"""More than can be taken, and clients that behave badly: memory and waiting stay bounded, and the others are served.

OVERLOAD_S: for how long ten times as much is offered as Kafka takes.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import grpc
import numpy as np
import pytest
from google.rpc.error_details_pb2 import RetryInfo
from grpc_status import rpc_status
from udaconnect.location.v1 import location_pb2 as pb

from tests.conftest import PollUntil
from tests.integration.connections import connections
from tests.integration.location_producer.kafka_proxy import KafkaBehindProxy
from tests.integration.location_producer.running import Producer, ReadTopic, StartProducer, locations

OVERLOAD_S = float(os.environ.get("OVERLOAD_S", "10"))
KAFKA_TAKES = 300_000  # bytes a second: some 10,000 locations
CALL = 2_500
OFFERED_CALLS_S = 40  # ten times as many locations
MEMORY_MB = 250
NOON_US = 1_772_445_600_000_000  # 2026-03-02T10:00:00Z
HTTP2_HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"

MakeTopic = Callable[..., str]


class Answer(NamedTuple):
    asked_at: float
    seconds: float
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
    asked_at = time.monotonic()
    code, retry_after_s = grpc.StatusCode.OK, 0.0
    try:
        producer.stub.BatchCreateLocations(request, timeout=60)
    except grpc.RpcError as error:
        code = error.code()
        info = RetryInfo()
        status = rpc_status.from_call(error)
        if status and any(detail.Unpack(info) for detail in status.details):
            retry_after_s = info.retry_delay.ToNanoseconds() / 1e9
    return Answer(asked_at, time.monotonic() - asked_at, code, retry_after_s)


def test_ten_times_what_kafka_takes_is_refused_with_a_hint_and_the_rest_is_prompt(
    start_producer: StartProducer,
    make_topic: MakeTopic,
    read_topic: ReadTopic,
    kafka_behind_proxy: KafkaBehindProxy,
    poll_until: PollUntil,
) -> None:
    topic = make_topic(partitions=6)
    producer = start_producer(topic, kafka_behind_proxy.bootstrap_servers)
    poll_until(producer.serving)
    requests = [batch(number) for number in range(20)]
    kafka_behind_proxy.slow_down(KAFKA_TAKES)

    memory_mb = 0.0
    with ThreadPoolExecutor(100) as pool:
        began = time.monotonic()
        calls: list[Future[Answer]] = []
        while (now := time.monotonic() - began) < OVERLOAD_S:
            calls.append(pool.submit(send, producer, requests[len(calls) % len(requests)]))
            memory_mb = max(memory_mb, resident_mb(producer))
            time.sleep(max(0, len(calls) / OFFERED_CALLS_S - now))
        answers = [call.result() for call in calls]
    after = send(producer, requests[0])

    codes = Counter(answer.code for answer in answers)
    assert set(codes) == {grpc.StatusCode.OK, grpc.StatusCode.RESOURCE_EXHAUSTED}, codes
    assert codes[grpc.StatusCode.RESOURCE_EXHAUSTED] > 0.7 * len(answers)
    assert all(answer.retry_after_s > 0 for answer in answers if answer.code != grpc.StatusCode.OK)
    waits = [answer.seconds for answer in answers if answer.code == grpc.StatusCode.OK]
    assert np.percentile(waits, 99) < 10  # with those of the first second, when the rate is not known yet
    late = [
        answer.seconds
        for answer in answers
        if answer.code == grpc.StatusCode.OK and answer.asked_at > began + OVERLOAD_S / 2
    ]
    assert np.percentile(late, 99) < 5
    assert memory_mb < MEMORY_MB
    assert after.code == grpc.StatusCode.OK
    assert after.seconds < 5  # behind what was still waiting
    assert len(locations(read_topic(topic))) == CALL * (codes[grpc.StatusCode.OK] + 1)


def test_a_client_that_never_reads_its_receipts_is_not_read_either(
    start_producer: StartProducer, make_topic: MakeTopic, poll_until: PollUntil
) -> None:
    producer = start_producer(make_topic(partitions=2))
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
        assert answer.seconds < 5
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
            call(bytes(100_000_000), timeout=30)
    assert error.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert resident_mb(producer) < before_mb + 30
    assert send(producer, batch(1)).code == grpc.StatusCode.OK
