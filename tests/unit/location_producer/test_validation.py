"""Every bad value is named by its field and a reason; every limit itself is still good."""

from math import inf, nan

import pytest
from udaconnect.location.v1.location_pb2 import Location

from location_producer.validation import Rules, complete

EARLIEST_S = 1_420_070_400  # 2015-01-01
NOW_S = 1_772_445_600  # 2026-03-02T10:00:00Z
RULES = Rules(earliest_us=EARLIEST_S * 1_000_000, now_us=NOW_S * 1_000_000)
INT64_MAX = 2**63 - 1


def fix(*, seconds: int = NOW_S, nanos: int = 0, **wrong: float) -> Location:
    location = Location(**{"person_id": 1, "latitude": 1.0, "longitude": 2.0, **wrong})  # type: ignore[arg-type]  # a bad value is the point
    location.creation_time.seconds = seconds
    location.creation_time.nanos = nanos
    return location


@pytest.mark.parametrize(
    ("location", "field", "reason"),
    [
        (fix(person_id=0), "person_id", "must be greater than 0, is 0"),
        (fix(person_id=-1), "person_id", "must be greater than 0, is -1"),
        (
            fix(latitude=-0.0, longitude=0.0),
            "latitude",
            "must not be exactly 0 together with longitude: devices say that where they have no fix",
        ),
        (fix(latitude=90.0001), "latitude", "must be between -90 and 90, is 90.0001"),
        (fix(latitude=-90.0001), "latitude", "must be between -90 and 90, is -90.0001"),
        (fix(latitude=nan), "latitude", "must be between -90 and 90, is nan"),
        (fix(latitude=inf), "latitude", "must be between -90 and 90, is inf"),
        (fix(latitude=-inf), "latitude", "must be between -90 and 90, is -inf"),
        (fix(longitude=-181), "longitude", "must be between -180 and 180, is -181.0"),
        (fix(longitude=180.0001), "longitude", "must be between -180 and 180, is 180.0001"),
        (fix(longitude=nan), "longitude", "must be between -180 and 180, is nan"),
        (fix(longitude=inf), "longitude", "must be between -180 and 180, is inf"),
        (
            fix(seconds=EARLIEST_S - 1, nanos=999_999_999),
            "creation_time",
            "must not be before 2015-01-01T00:00:00Z, is 2014-12-31T23:59:59.999999Z",
        ),
        (
            fix(seconds=NOW_S + 3600),
            "creation_time",
            "must not be more than 5 minutes ahead of the server (2026-03-02T10:00:00Z), is 2026-03-02T11:00:00Z",
        ),
        (
            fix(seconds=-INT64_MAX),
            "creation_time",
            "must not be before 2015-01-01T00:00:00Z, is -9223372036854775807 seconds after 1970",
        ),
        (fix(nanos=1_000_000_000), "creation_time", "must have nanos between 0 and 999999999, has 1000000000"),
        (fix(nanos=-1), "creation_time", "must have nanos between 0 and 999999999, has -1"),
        (fix(accuracy_m=-1), "accuracy_m", "must be a finite number, 0 or more, is -1.0"),
        (fix(accuracy_m=nan), "accuracy_m", "must be a finite number, 0 or more, is nan"),
        (fix(accuracy_m=inf), "accuracy_m", "must be a finite number, 0 or more, is inf"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_value_is_named_with_its_reason(location: Location, field: str, reason: str) -> None:
    assert list(RULES.violations(location)) == [(field, reason)]


@pytest.mark.parametrize(
    "location",
    [
        fix(person_id=INT64_MAX),
        fix(latitude=90, longitude=180),
        fix(latitude=-90, longitude=-180),
        fix(latitude=-0.0, longitude=1e-9),
        fix(latitude=1e-9, longitude=0),
        fix(accuracy_m=0),
        fix(seconds=EARLIEST_S),
        fix(seconds=NOW_S + 300),
        fix(nanos=999_999_999),
        Location(person_id=1, latitude=1),  # now: an absent time is filled in
    ],
)
def test_a_limit_itself_is_good(location: Location) -> None:
    assert list(RULES.violations(location)) == []


def test_everything_that_is_wrong_is_told_in_the_order_of_the_fields() -> None:
    location = fix(person_id=0, latitude=91, longitude=181, accuracy_m=-1, seconds=0)
    fields = [field for field, _ in RULES.violations(location)]
    assert fields == ["person_id", "latitude", "longitude", "creation_time", "accuracy_m"]


def test_an_absent_time_becomes_the_moment_of_receipt() -> None:
    location = Location(person_id=1)
    complete(location, RULES.now_us + 7)
    assert (location.creation_time.seconds, location.creation_time.nanos) == (NOW_S, 7000)


def test_a_time_is_cut_to_whole_microseconds() -> None:
    location = fix(nanos=123_456_789)
    complete(location, RULES.now_us)
    assert location.creation_time.nanos == 123_456_000
