"""Whatever bytes a record holds, the consumer sees in them what protobuf does, and nothing raises."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from location_consumer.batch import Batch, BatchPolicy
from tests.fuzz.decoding import FakeRecord, differences
from tests.fuzz.oracle import UNREADABLE, expected
from tests.fuzz.record_corpus import CORPUS, GOOD
from tests.fuzz.record_values import PEOPLE


@pytest.mark.parametrize("seed", [1, 2])
def test_damaged_and_odd_records_are_seen_as_protobuf_sees_them(seed: int) -> None:
    assert list(differences(seed, len(CORPUS) + 300, quick=True)) == []


@settings(max_examples=50)
@given(st.lists(st.binary(max_size=80) | st.just(GOOD), max_size=5))
def test_any_bytes_are_read_or_called_unreadable(values: list[bytes]) -> None:
    batch = Batch(BatchPolicy(10_000, 1), lambda: 0.0)
    for offset, value in enumerate(values):
        batch.add(FakeRecord(value, offset))
    fates = [[one.fate for one in expected(value, PEOPLE)] for value in values]
    assert batch.locations().size == sum(len(of_one) for of_one in fates if of_one != [UNREADABLE])
    assert len(batch.unreadable) == fates.count([UNREADABLE])
