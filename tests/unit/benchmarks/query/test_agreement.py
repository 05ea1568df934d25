"""A wrong answer is noticed, whichever way it is wrong."""

import pytest

from benchmarks.query.peers.agreement import DisagreementError, compare, compare_rows

FOUND = {(2, 10): 1.0, (3, 10): 4.0}


def test_the_same_rows_at_the_same_distances_agree() -> None:
    compare(FOUND, {(2, 10): 1.000001, (3, 10): 4.0}, 5, "")
    compare_rows(FOUND, set(FOUND), 5, "")


@pytest.mark.parametrize(
    ("expected", "what"),
    [
        ({**FOUND, (4, 10): 4.9}, "1 rows missing"),
        ({(2, 10): 1.0}, "1 rows not to be there"),
        ({**FOUND, (3, 10): 4.1}, "1 rows at another distance"),
    ],
)
def test_what_differs_is_said(expected: dict[tuple[int, int], float], what: str) -> None:
    with pytest.raises(DisagreementError, match=what):
        compare(FOUND, expected, 5, "")


def test_what_lies_on_the_edge_may_be_found_or_not() -> None:
    on_the_edge = {(4, 10): 5.000001}
    compare(FOUND, FOUND | on_the_edge, 5, "")
    compare(FOUND | on_the_edge, FOUND | on_the_edge, 5, "")


def test_rows_of_a_peer_that_gives_no_distances_are_compared_too() -> None:
    with pytest.raises(DisagreementError, match="1 rows missing, 0 not to be there"):
        compare_rows(FOUND, {*FOUND, (4, 10)}, 5, "")
    with pytest.raises(DisagreementError, match="0 rows missing, 1 not to be there"):
        compare_rows(FOUND, {(2, 10)}, 5, "")
