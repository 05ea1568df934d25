"""The producer's hot path in this process: what it makes of a request, held against its rules said plainly."""

from collections.abc import Iterator, Sequence
from itertools import islice

from google.protobuf.message import DecodeError
from udaconnect.location.v1.location_pb2 import BatchCreateLocationsRequest, Location, LocationBatch

from location_producer.split import Opened
from location_producer.validation import Rules
from service_kit.kafka.partition import partition_of
from tests.fuzz.oracle import EARLIEST_US
from tests.fuzz.record_corpus import A_TIME
from tests.fuzz.record_values import RecordValues

NOW_US = (A_TIME + 30 * 86_400) * 1_000_000
PARTITIONS = 6


def broken_promises(seed: int, requests: int, *, quick: bool = False) -> Iterator[tuple[bytes, str]]:
    """Requests, as bytes, with what is wrong about their answer."""
    for record in islice(RecordValues(seed, quick=quick).records(), requests):
        value = record.value or b""
        try:
            request = BatchCreateLocationsRequest.FromString(value)
        except DecodeError:
            continue
        locations = list(LocationBatch.FromString(value).locations)
        result = Opened(request).split(PARTITIONS, Rules(EARLIEST_US, NOW_US))
        rejected = {rejection.index for rejection in result.rejections}
        if rejected != wrong_ones(locations):
            yield value, "others are rejected than those that are wrong"
        sent = {partition: LocationBatch.FromString(record) for partition, record in result.records.items()}
        for partition, batch in sent.items():
            if any(partition_of(location.person_id, PARTITIONS) != partition for location in batch.locations):
                yield value, "a location is in a partition that is not its person's"
            if not all(is_acceptable(location) and location.HasField("creation_time") for location in batch.locations):
                yield value, "a location was sent that the store cannot take"
        wanted = [whole(location) for index, location in enumerate(locations) if index not in rejected]
        found = [whole(location) for batch in sent.values() for location in batch.locations]
        if sorted(found) != sorted(wanted):
            yield value, "what was sent is not what was accepted"


def wrong_ones(locations: Sequence[Location]) -> set[int]:
    """Positions of those that the store cannot take, and of the second place that somebody has at one instant."""
    wrong = set()
    places: dict[tuple[int, int], tuple[float, float]] = {}
    for position, location in enumerate(locations):
        place = (location.latitude, location.longitude)
        if not is_acceptable(location) or (
            location.HasField("creation_time")
            and places.setdefault((location.person_id, time_us_of(location)), place) != place
        ):
            wrong.add(position)
    return wrong


def time_us_of(location: Location) -> int:
    """Cut to microseconds."""
    return location.creation_time.seconds * 1_000_000 + location.creation_time.nanos // 1000


def is_acceptable(location: Location) -> bool:
    time, time_us = location.creation_time, time_us_of(location)
    return (
        location.person_id > 0
        and abs(location.latitude) <= 90
        and abs(location.longitude) <= 180
        and not location.latitude == location.longitude == 0
        and 0 <= location.accuracy_m < float("inf")
        and (
            not location.HasField("creation_time")
            or (0 <= time.nanos < 1_000_000_000 and EARLIEST_US <= time_us <= NOW_US + 300_000_000)
        )
    )


def whole(location: Location) -> tuple[object, ...]:
    """What identifies a location. Times are cut to microseconds; who says none is given one."""
    time_us = time_us_of(location)
    given = location.HasField("creation_time") and not NOW_US <= time_us < NOW_US + 10_000
    place = (location.person_id, location.latitude, location.longitude, location.HasField("accuracy_m"))
    return (*place, location.accuracy_m, time_us if given else 0)
