"""A person's partition is for ever: other processes and the records of yesterday rely on it."""

from collections import Counter

import numpy as np
import pytest

from service_kit.kafka.partition import partition_of, partitions_of


@pytest.mark.parametrize(
    ("person_id", "partition"), [(1, 3), (2, 1), (3, 5), (4, 2), (5, 0), (1000, 0), (2**63 - 1, 5)]
)
def test_a_person_keeps_the_partition(person_id: int, partition: int) -> None:
    assert partition_of(person_id, 6) == partition


@pytest.mark.parametrize("partitions", [1, 6, 7, 64])
def test_every_person_has_a_partition_that_exists(partitions: int) -> None:
    people = [1, 2, 2**31, 2**32 + 1, 2**62, 2**63 - 1]
    assert all(0 <= partition_of(person_id, partitions) < partitions for person_id in people)


@pytest.mark.parametrize("step", [1, 2, 6, 10, 1000, 4096])
def test_ids_in_steps_are_spread_evenly(step: int) -> None:
    counts = Counter(partition_of(person_id, 6) for person_id in range(1, 6000 * step, step))
    assert len(counts) == 6
    assert max(counts.values()) < 1.1 * min(counts.values())


@pytest.mark.parametrize("partitions", [1, 6, 7, 64])
def test_many_at_once_get_the_partitions_that_each_would_get(partitions: int) -> None:
    people = [*range(-5, 1000), 2**31, 2**32 + 1, 2**62, 2**63 - 1, -(2**63)]
    expected = [partition_of(person_id, partitions) for person_id in people]
    assert partitions_of(np.array(people), partitions).tolist() == expected
