"""The table of sizes is what its arithmetic says."""

import pytest

from benchmarks.nodes.sizes import COPIES, FULL, STORE_BYTES, STORE_DAYS, Size, table
from deployment.native.folders import REPOSITORY

SIZES = [Size(people, fixes) for people in (100, 10_000, 300_000, 2_000_000) for fixes in (0.2, 1, 6, 60)]


def test_the_table_of_the_documentation_is_the_one_that_is_computed() -> None:
    assert table() in (REPOSITORY / "docs" / "operations.md").read_text()


def test_a_store_is_of_one_node_as_long_as_one_is_enough() -> None:
    assert Size(1_000, 6).workers == 0
    assert Size(2_000_000, 6).workers > 1


def test_more_questions_than_a_worker_has_time_for_are_no_matter_of_more_workers() -> None:
    with pytest.raises(ValueError, match="larger machines"):
        assert Size(1_000_000_000, 6).workers


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_each_node_has_room_and_time_for_its_share_and_one_fewer_would_not_do(size: Size) -> None:
    assert size.are_enough(size.workers)
    assert not size.workers or not size.are_enough(size.workers - 1)


def test_the_disk_of_a_day_by_hand() -> None:
    """1,000 people with a fix every 10 s for 12 hours: 4.32 million locations a day, and whom they met."""
    locations = 1_000 * 6 * 60 * 12 * STORE_DAYS * STORE_BYTES / 1e12
    assert Size(1_000, 6).store_tb * FULL >= locations
    assert Size(1_000, 6).tb >= COPIES * locations / FULL


def test_more_people_or_more_fixes_never_cost_less() -> None:
    for people in (1_000, 20_000, 500_000):
        euros = [Size(people, fixes).euros for fixes in (0.1, 1, 3, 6, 30)]
        assert euros == sorted(euros)
