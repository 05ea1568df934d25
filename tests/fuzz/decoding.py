"""The consumer's decoding against protobuf's, in this process: both must see the same in any bytes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle, islice
from typing import NamedTuple

import numpy as np

from location_consumer.batch import Batch, BatchPolicy
from location_consumer.decode import invalid
from tests.fuzz.oracle import INVALID, UNREADABLE, Expected, expected
from tests.fuzz.record_values import PEOPLE, Record, RecordValues

EARLIEST = datetime(2015, 1, 1, tzinfo=UTC)
RECORDS_IN_A_BATCH = (1, 1, 1, 2, 5, 50)  # one odd record sends its whole batch the slow way


class FakeRecord(NamedTuple):
    """As much of a ConsumerRecord as decoding looks at."""

    value: bytes | None
    offset: int
    partition: int = 0
    topic: str = "location"


class Difference(NamedTuple):
    """A record in which the consumer saw something else than protobuf."""

    value: bytes | None
    protobuf: object
    ours: object


def differences(seed: int, records: int, *, quick: bool = False) -> Iterator[Difference]:
    values = islice(RecordValues(seed, quick=quick).records(), records)
    sizes = cycle(RECORDS_IN_A_BATCH)
    while part := list(islice(values, next(sizes))):
        yield from _differences(part)


def _differences(records: list[Record]) -> Iterator[Difference]:
    batch = Batch(BatchPolicy(10_000, 1), lambda: 0.0)
    for offset, record in enumerate(records):
        batch.add(FakeRecord(record.value, offset))
    locations = batch.locations()
    bad = dict(invalid(locations, EARLIEST, datetime.now(UTC)))
    ours: dict[int, list[object]] = {offset: [] for offset in range(len(records))}
    for record, _ in batch.unreadable:
        ours[record.offset].append("unreadable")
    columns = [column.tolist() for column in (locations.person_id, locations.time_us)]
    places = np.column_stack([locations.latitude, locations.longitude]).tolist()
    for position, (person_id, time_us, place) in enumerate(zip(*columns, places, strict=True)):
        origin, number, _ = batch.origin(position)
        assert number == len(ours[origin.offset])
        ours[origin.offset].append("invalid" if position in bad else (person_id, time_us, *place))
    for offset, record in enumerate(records):
        theirs = [_seen(one) for one in expected(record.value, PEOPLE)]
        if theirs != ours[offset]:
            yield Difference(record.value, theirs, ours[offset])


def _seen(one: Expected) -> object:
    if one.fate in {UNREADABLE, INVALID}:
        return "unreadable" if one.fate == UNREADABLE else "invalid"
    return one.person_id, one.time_us, one.latitude + 0.0, one.longitude + 0.0
