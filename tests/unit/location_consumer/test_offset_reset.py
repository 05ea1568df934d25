"""What it means that a log does not hold the next offset."""

import pytest

from location_consumer.offsets.reset import Reset, judge


@pytest.mark.parametrize(("left_at", "begin", "end"), [(0, 0, 0), (5, 0, 5), (5, 5, 5), (5, 0, 9), (5, 5, 9)])
def test_a_log_that_holds_the_next_offset_or_ends_there_misses_nothing(left_at: int, begin: int, end: int) -> None:
    assert judge(left_at, unread=3, begin=begin, end=end) is None


def test_what_retention_took_is_all_before_the_beginning() -> None:
    assert judge(10, unread=99, begin=27, end=40) == Reset("retention", left_at=10, goes_on_at=27, missed=17)
    assert judge(10, unread=0, begin=11, end=11) == Reset("retention", left_at=10, goes_on_at=11, missed=1)


def test_a_log_that_is_shorter_is_another_one_read_from_its_beginning() -> None:
    assert judge(10, unread=0, begin=0, end=3) == Reset("topic_made_anew", left_at=10, goes_on_at=0, missed=0)
    assert judge(10, unread=7, begin=2, end=3) == Reset("topic_made_anew", left_at=10, goes_on_at=2, missed=7 + 2)
