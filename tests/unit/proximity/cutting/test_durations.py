"""For how long people stay: nothing is known at first, and a track's own stays tell."""

import numpy as np
import pytest
from numpy.typing import NDArray

from proximity.cutting.durations import learned, usual
from proximity.fixes import Floats
from proximity.lanes import Lanes

ROWS, INTERVAL_S = 120, 10.0


def lane(gap_before: int | None = None) -> Lanes:
    """A fix each ten seconds for twenty minutes, with a gap before one of them."""
    none, no = np.zeros(1, np.int64), np.zeros((ROWS, 1), bool)
    gaps = no.copy()
    if gap_before is not None:
        gaps[gap_before] = True
    return Lanes(
        person_id=none,
        window=none,
        held=np.array([ROWS]),
        origin=np.zeros((3, 1)),
        time_us=(np.arange(ROWS)[:, None] * INTERVAL_S * 1e6).astype(np.int64),
        points=np.zeros((3, ROWS, 1)),
        deviation_m=np.ones((ROWS, 1)),
        is_exact=no,
        gap_before=gaps,
        interval_s=np.array([INTERVAL_S]),
        longest_gap_us=none,
    )


def cut(*begins: int) -> NDArray[np.bool_]:
    began = np.zeros((ROWS, 1), bool)
    began[[0, *begins]] = True
    return began


def costs(began: NDArray[np.bool_], gap_before: int | None = None, walks: bool = False) -> Floats:
    """Of one fix, two, and so on, after that cut."""
    found: Floats = learned(lane(gap_before), began, np.full((ROWS, 1), walks))[:, 0]
    return found


def test_before_anything_is_known_half_the_length_is_half_as_likely() -> None:
    cost = usual(lane())[:, 0]
    assert cost[9] - cost[19] == pytest.approx(np.log(2))


def test_who_stayed_for_five_minutes_each_time_is_expected_to_do_so_again() -> None:
    cost = costs(cut(15, 45, 75, 105))
    assert cost.argmin() == pytest.approx(29, abs=3)
    assert cost[14] > cost[29] + 1
    assert cost[59] > cost[29] + 1


def test_one_long_stay_among_short_ones_is_not_what_is_usual() -> None:
    cost = costs(cut(5, 20, 35, 50, 110))
    assert cost.argmin() == pytest.approx(14, abs=2)
    assert cost[59] > cost[14] + 1


def test_of_as_many_short_stays_as_long_ones_the_long_ones_are_usual() -> None:
    cost = costs(cut(5, 7, 9, 49, 89))
    assert cost.argmin() == pytest.approx(39, abs=4)


def test_what_a_track_says_is_the_same_beside_others() -> None:
    alone = [costs(began) for began in (cut(15, 45, 75, 105), cut(5, 20, 35, 50, 110), cut())]
    lanes = lane()
    three = Lanes._make(np.repeat(column, 3, axis=-1) for column in lanes)
    began = np.concatenate([cut(15, 45, 75, 105), cut(5, 20, 35, 50, 110), cut()], axis=1)
    assert np.array_equal(learned(three, began, np.zeros_like(began)), np.stack(alone, axis=1))


def test_stays_of_all_lengths_say_little() -> None:
    even, odd = costs(cut(15, 45, 75, 105)), costs(cut(15, 20, 35, 95, 105))
    assert np.ptp(odd[9:60]) < np.ptp(even[9:60])


@pytest.mark.parametrize(
    ("began", "gap_before", "walks"),
    [(cut(), None, False), (cut(30), None, False), (cut(30, 60), 30, False), (cut(30, 60), None, True)],
)
def test_only_stays_whose_begin_and_end_were_seen_tell(
    began: NDArray[np.bool_], gap_before: int | None, walks: bool
) -> None:
    assert np.array_equal(costs(began, gap_before, walks), usual(lane())[:, 0])
