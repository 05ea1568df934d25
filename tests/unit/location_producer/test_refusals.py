"""What a dead letter of a gateway holds, and that it waits for its topic."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from kafka.errors import KafkaTimeoutError
from udaconnect.location.v1 import location_pb2 as pb

from location_producer.errors import NotAcknowledgedError
from location_producer.in_flight import InFlight
from location_producer.publisher import KafkaPublisher
from location_producer.refusals import Refusals, letter_of
from tests.patience import PATIENCE_S

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class SlowToLearn:
    """A producer that is told of a topic only when it has asked so many times, as on a machine with much to do."""

    def __init__(self, times: int) -> None:
        self._times = times
        self.sent: list[bytes] = []

    def partitions_for(self, _topic: str) -> set[int]:
        self._times -= 1
        if self._times >= 0:
            raise KafkaTimeoutError
        return {0}

    def send(self, topic: str, value: bytes, headers: Sequence[tuple[str, bytes]]) -> Any:
        assert headers
        self.partitions_for(topic)
        self.sent.append(value)
        return SimpleNamespace(get=lambda timeout: timeout)  # acknowledged at once


def keep(producer: SlowToLearn, answer_within_s: float) -> None:
    async def kept() -> None:
        in_flight = InFlight(10, 10_000)
        publisher = KafkaPublisher("location", in_flight, answer_within_s)
        publisher.use(producer, 1)
        await Refusals("letters", in_flight, publisher, answer_within_s).keep([pb.RefusedFix(original=b"{")])

    asyncio.run(kept())


def test_the_first_letter_waits_until_the_topic_is_known() -> None:
    producer = SlowToLearn(3)
    keep(producer, PATIENCE_S)
    assert producer.sent == [b"{"]


def test_where_the_topic_stays_unknown_nothing_is_said_to_be_taken() -> None:
    with pytest.raises(NotAcknowledgedError, match="KafkaTimeoutError"):
        keep(SlowToLearn(1_000_000_000), answer_within_s=0)


def test_a_location_is_kept_so_that_it_can_be_replayed() -> None:
    location = pb.Location(person_id=1, latitude=91, longitude=2)
    fix = pb.RefusedFix(person_id=1, device_id=7, app="osmand", reason="must be between", location=location)
    letter = letter_of(fix, NOW)
    assert list(pb.LocationBatch.FromString(letter.value).locations) == [location]
    assert dict(letter.headers) == {
        "reason": b"invalid",
        "detail": b"must be between",
        "app": b"osmand",
        "device": b"7",
        "person": b"1",
        "time": b"2026-03-02T09:00:00.000+00:00",
    }


def test_anything_else_is_kept_byte_by_byte() -> None:
    letter = letter_of(pb.RefusedFix(person_id=1, device_id=7, app="overland", reason="?", original=b"\xff{"), NOW)
    assert letter.value == b"\xff{"
    assert dict(letter.headers)["reason"] == b"unreadable"


def test_even_a_letter_of_nothing_takes_room() -> None:
    assert letter_of(pb.RefusedFix(), NOW).size > 0
