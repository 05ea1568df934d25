"""Lets atheris, where it is installed, look for bytes that the consumer decodes otherwise than protobuf does.

    pip install atheris
    python -m tests.fuzz.coverage_guided [-max_total_time=300] [folder of a corpus]

It follows which lines of the decoder each input reaches, and so gets to branches that chance would not find.
"""

import sys
from datetime import UTC, datetime

import atheris  # there is none for some Pythons, so that it is left to whoever wants it

with atheris.instrument_imports(include=["location_consumer", "service_kit.kafka.location_wire"]):
    from location_consumer.batch import Batch, BatchPolicy
    from location_consumer.decode import invalid

from tests.fuzz.decoding import EARLIEST, FakeRecord
from tests.fuzz.oracle import INVALID, STORABLE, UNKNOWN_PERSON, UNREADABLE, expected
from tests.fuzz.record_values import PEOPLE


def one_input(value: bytes) -> None:
    batch = Batch(BatchPolicy(10_000, 1), lambda: 0.0)
    batch.add(FakeRecord(value, 0))
    locations = batch.locations()
    wanted = expected(value, PEOPLE)
    if wanted[0].fate == UNREADABLE:
        assert batch.unreadable, "protobuf cannot read it"
        return
    bad = {position for position, _ in invalid(locations, EARLIEST, datetime.now(UTC))}
    assert bad == {position for position, one in enumerate(wanted) if one.fate == INVALID}, "others are invalid"
    for position, one in enumerate(wanted):
        if one.fate in {STORABLE, UNKNOWN_PERSON}:
            seen = (locations.person_id[position], locations.time_us[position], locations.latitude[position])
            assert seen == (one.person_id, one.time_us, one.latitude), "a location has other values"


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
