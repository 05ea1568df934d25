"""The hot path gives what the plain way gives: validate each, complete it, add it to the batch of its partition."""

import random
from math import inf, nan

import pytest
from udaconnect.location.v1.location_pb2 import BatchCreateLocationsRequest, Location, LocationBatch

from location_producer.people.found import Found
from location_producer.split import AT_TWO_PLACES, Opened, framed
from location_producer.validation import PRIVATE, Rules, complete
from service_kit.kafka.partition import partition_of
from service_kit.private_spans import FOR_EVER_US

NOW_S = 1_772_445_600
RULES = Rules(earliest_us=1_420_070_400 * 1_000_000, now_us=NOW_S * 1_000_000)


def some_locations(seed: int, count: int) -> list[Location]:
    """Good and bad ones, with and without the fields that may be absent."""
    chance = random.Random(seed)  # noqa: S311  test data
    locations = []
    for _ in range(count):
        location = Location(
            person_id=chance.choice([1, 2, 3, 500, 70_000, 2**40, 2**63 - 1, 0, -5]),
            latitude=chance.choice([0.0, -0.0, 12.5, 90, -90, 90.0001, nan]),
            longitude=chance.choice([0.0, 99.25, 180, -180, -181, -inf]),
        )
        if chance.random() < 0.8:
            location.creation_time.seconds = chance.choice(
                [NOW_S, NOW_S + 300, NOW_S + 301, 1_420_070_400, 5, -(2**63)]
            )
            location.creation_time.nanos = chance.choice([0, 1000, 999_999_999, 1, -1, 2**31 - 1])
        if chance.random() < 0.5:
            location.accuracy_m = chance.choice([0, 3.5, -1, inf, nan])
        locations.append(location)
    return locations


def plain_way(
    locations: list[Location], partitions: int
) -> tuple[dict[int, LocationBatch], list[tuple[int, str, str]]]:
    batches: dict[int, LocationBatch] = {}
    rejections = []
    first_place: dict[tuple[int, int, int], tuple[float, float]] = {}
    received_us = RULES.now_us
    for index, location in enumerate(locations):
        violations = list(RULES.violations(location))
        if violations:
            rejections.append((index, *violations[0]))
            continue
        if location.HasField("creation_time"):
            complete(location, received_us=-1)
        else:
            complete(location, received_us)
            received_us += 1
        time = location.creation_time
        place = (location.latitude, location.longitude)
        if first_place.setdefault((location.person_id, time.seconds, time.nanos), place) != place:
            rejections.append((index, "creation_time", AT_TWO_PLACES))
            continue
        batches.setdefault(partition_of(location.person_id, partitions), LocationBatch()).locations.append(location)
    return batches, rejections


@pytest.mark.parametrize("count", [3, 300])
def test_of_two_places_at_one_instant_the_first_one_is_taken_and_the_other_told(count: int) -> None:
    """18 a second whose times are cut to whole seconds; the same place again is only a repetition."""
    batch = BatchCreateLocationsRequest()
    for number in range(count):
        location = batch.locations.add(person_id=1 + number % 2, latitude=1, longitude=2)
        location.creation_time.FromSeconds(NOW_S - count + number)
    for latitude in (1, 1.000001):
        again = batch.locations.add(person_id=1, latitude=latitude, longitude=2)
        again.creation_time.FromSeconds(NOW_S - count)
        again.creation_time.nanos = 999  # within the same microsecond
    result = Opened(batch).split(6, RULES)
    assert [(each.index, each.field, each.reason) for each in result.rejections] == [
        (count + 1, "creation_time", AT_TWO_PLACES)
    ]
    assert sum(len(LocationBatch.FromString(record).locations) for record in result.records.values()) == count + 1


@pytest.mark.parametrize("count", [3, 300])
def test_whoever_is_nobody_is_named(count: int) -> None:
    batch = BatchCreateLocationsRequest()
    for number in range(count):
        location = batch.locations.add(person_id=999 if number == 1 else 1, latitude=1, longitude=2)
        location.creation_time.FromSeconds(NOW_S - count + number)
    rules = Rules(RULES.earliest_us, RULES.now_us, Found(nobodies={999}))
    assert [(each.index, each.field, each.reason) for each in Opened(batch).split(6, rules).rejections] == [
        (1, "person_id", "must be the id of a person, 999 is nobody's")
    ]


@pytest.mark.parametrize("count", [8, 300])
def test_what_is_private_is_rejected_by_its_time_and_is_nobodys_mistake(count: int) -> None:
    second_us = 1_000_000
    batch = BatchCreateLocationsRequest()
    for number in range(count):
        location = batch.locations.add(person_id=1 + number % 2, latitude=1, longitude=2)
        location.creation_time.FromSeconds(NOW_S - count + number)
    batch.locations.add(person_id=1, latitude=1, longitude=2)  # now
    batch.locations.add(person_id=1, latitude=91, longitude=2)
    begin_us = (NOW_S - count) * second_us
    private = {
        1: [(0, 5), (begin_us + 2 * second_us, begin_us + 6 * second_us), (RULES.now_us, FOR_EVER_US)],
        2: [(0, 5)],
    }
    result = Opened(batch).split(6, Rules(RULES.earliest_us, RULES.now_us, Found(private=private)))
    assert [(each.index, each.field) for each in result.rejections] == [
        (2, "person_id"),
        (4, "person_id"),
        (count, "person_id"),
        (count + 1, "latitude"),
    ]
    assert {each.reason for each in result.rejections[:3]} == {PRIVATE}
    assert result.mistakes == 1
    taken = sum(len(LocationBatch.FromString(record).locations) for record in result.records.values())
    assert taken == count - 2


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("partitions", [1, 6])
@pytest.mark.parametrize("count", [20, 300])
def test_it_gives_what_the_plain_way_gives(seed: int, partitions: int, count: int) -> None:
    locations = some_locations(seed, count)
    result = Opened(BatchCreateLocationsRequest(locations=locations)).split(partitions, RULES)
    batches, rejections = plain_way(locations, partitions)
    assert result.records == {partition: batch.SerializeToString() for partition, batch in batches.items()}
    assert [(each.index, each.field, each.reason) for each in result.rejections] == rejections


def good(person_id: int = 1, **more: float) -> Location:
    location = Location(person_id=person_id, latitude=1.5, longitude=2.5, **more)  # type: ignore[arg-type]  # of accuracy_m alone
    location.creation_time.seconds = NOW_S
    return location


def test_a_batch_for_one_partition_is_passed_on_byte_for_byte() -> None:
    request = BatchCreateLocationsRequest(locations=[good(7, accuracy_m=1), good(7), good(7)])
    wire = request.SerializeToString()
    assert Opened(request).split(6, RULES).records == {partition_of(7, 6): wire}


def test_locations_of_one_person_without_a_time_get_an_instant_each() -> None:
    request = BatchCreateLocationsRequest(locations=[Location(person_id=1, latitude=1, longitude=2)] * 2)
    [record] = Opened(request).split(6, RULES).records.values()
    times = [location.creation_time.ToMicroseconds() for location in LocationBatch.FromString(record).locations]
    assert times == [RULES.now_us, RULES.now_us + 1]


def with_unknown_field(message: bytes, size: int) -> bytes:
    """Append field 100 with `size` bytes: what a client of a later version of the contract may send."""
    assert size < 16_384
    length = bytes([size & 0x7F | 0x80, size >> 7])
    return message + b"\xa2\x06" + length + b"x" * size


def test_fields_that_are_not_known_cannot_blow_up_a_record() -> None:
    wire = b""
    for person_id in (1, 2):
        location = with_unknown_field(good(person_id).SerializeToString(), 10_000)
        wire += b"\n" + bytes([len(location) & 0x7F | 0x80, len(location) >> 7]) + location
    wire = with_unknown_field(wire, 10_000)
    result = Opened(BatchCreateLocationsRequest.FromString(wire)).split(1, RULES)
    assert result.records == {0: LocationBatch(locations=[good(1), good(2)]).SerializeToString()}


def test_an_impossible_location_of_the_greatest_length_is_just_rejected() -> None:
    location = Location(person_id=-1, latitude=1, longitude=1, accuracy_m=1)
    location.creation_time.seconds = -1
    location.creation_time.nanos = -1
    result = Opened(BatchCreateLocationsRequest(locations=[location, good()])).split(1, RULES)
    assert [rejection.field for rejection in result.rejections] == ["person_id"]
    assert result.records == {0: framed(good())}


def test_one_framed_location_is_a_batch() -> None:
    assert framed(good(3, accuracy_m=4.5)) == LocationBatch(locations=[good(3, accuracy_m=4.5)]).SerializeToString()
