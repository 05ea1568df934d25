"""The workload is what it says, for whoever asks: otherwise nothing that is compared is comparable."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from udaconnect.location.v1.location_pb2 import LocationBatch

from benchmarks.ingest.accounting import AccountingError, check_sum
from benchmarks.ingest.growth import DAYS, parts
from benchmarks.ingest.workload import Workload, yesterday
from service_kit.kafka.partition import partition_of

BEGINS = datetime(2026, 3, 2, 8, tzinfo=UTC)


def instants(workload: Workload) -> set[tuple[int, int]]:
    fixes = workload.fixes()
    return set(zip(fixes.person_id.tolist(), fixes.creation_time.tolist(), strict=True))


@pytest.mark.parametrize("locations", [1, 999, 25_000, 130_000])
def test_a_workload_has_as_many_locations_as_were_asked_for_and_each_but_once(locations: int) -> None:
    workload = Workload(locations, BEGINS, people=500)
    assert len(instants(workload)) == locations
    assert sum(len(call.request.locations) for call in workload.calls()) == locations


def test_every_location_lies_within_the_length_of_its_workload() -> None:
    workload = Workload(20_000, BEGINS, people=100)
    times = workload.fixes().creation_time.view("datetime64[us]")
    begins = np.datetime64(BEGINS.replace(tzinfo=None))
    assert times.min() >= begins
    assert times.max() < begins + np.timedelta64(workload.length)


def test_what_comes_after_a_workload_is_none_of_it() -> None:
    workload = Workload(5_000, BEGINS, people=100)
    assert instants(workload).isdisjoint(instants(workload.after()))


def test_records_hold_the_same_locations_each_in_the_partition_of_its_person() -> None:
    workload = Workload(3_000, BEGINS - timedelta(days=1), people=50)
    found = set()
    for partition, value in workload.records(6):
        for location in LocationBatch.FromString(value).locations:
            assert partition_of(location.person_id, 6) == partition
            found.add((location.person_id, location.creation_time.ToMicroseconds()))
    assert found == instants(workload)


def test_what_is_there_already_fills_the_days_evenly() -> None:
    days = list(parts(5_000))
    assert [day.locations for day in days] == [1_000] * DAYS
    assert len({day.begins.date() for day in days}) == DAYS
    assert max(day.begins for day in days) == yesterday()


def test_a_single_location_that_is_missing_is_noticed() -> None:
    check_sum(10, stored=7, rejected=2, dead=1)
    with pytest.raises(AccountingError, match="10 sent, but 7 stored, 2 rejected, 0 dead"):
        check_sum(10, stored=7, rejected=2)
