"""How right the found meetings are.

A found meeting is right when it overlaps a true one of the same pair; a true one is found when a found one overlaps it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from benchmarks.truth.scene import Met

Row = tuple[float, float, float, float]  # from, until, closest_m, probability
BINS = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True)
class Score:
    """Sums, so that those of several conferences can be added."""

    found: int = 0
    right: int = 0
    true: int = 0
    recalled: int = 0
    both_s: float = 0.0  # seconds of pairs that are in both
    either_s: float = 0.0  # or in one of them
    true_s: float = 0.0  # of the recalled ones,
    off_s: float = 0.0  # and how much longer they were said to be
    off_m: float = 0.0  # how much too large their closest distances were said to be
    said: tuple[tuple[float, bool], ...] = ()  # each found one's probability, and whether it is right

    @property
    def precision(self) -> float:
        return self.right / max(self.found, 1)

    @property
    def recall(self) -> float:
        return self.recalled / max(self.true, 1)

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / max(self.precision + self.recall, 1e-9)

    @property
    def iou(self) -> float:
        return self.both_s / max(self.either_s, 1e-9)

    @property
    def duration_bias(self) -> float:
        return self.off_s / max(self.true_s, 1e-9)

    @property
    def closest_bias_m(self) -> float:
        return self.off_m / max(self.recalled, 1)

    @property
    def brier(self) -> float:
        return float(np.mean([(said - right) ** 2 for said, right in self.said])) if self.said else 0.0

    def reliability(self) -> list[tuple[float, float, int]]:
        """What was said, what was true, and how often, for each tenth of the probabilities from a half on."""
        rows = []
        for low, high in pairwise(BINS):
            some = [(said, right) for said, right in self.said if low <= said and (said < high or high == BINS[-1])]
            if some:
                said, right = np.mean(some, axis=0).tolist()
                rows.append((said, right, len(some)))
        return rows

    @property
    def calibration_error(self) -> float:
        rows = self.reliability()
        return sum(abs(said - right) * count for said, right, count in rows) / max(sum(row[2] for row in rows), 1)


def added(scores: Iterable[Score]) -> Score:
    parts = [Score(), *scores]
    sums = {name: sum(getattr(part, name) for part in parts) for name in vars(parts[0]) if name != "said"}
    return Score(**sums, said=tuple(row for part in parts for row in part.said))


def score(found: Met, truth: Met) -> Score:
    told, true = _by_pair(found), _by_pair(truth)
    return added(_of_pair(told.get(pair, ()), true.get(pair, ())) for pair in {*told, *true})


def _of_pair(found: Sequence[Row], true: Sequence[Row]) -> Score:
    said = tuple((row[3], any(_overlap(row, other) >= 0 for other in true)) for row in found)
    recalled = [(row, seen) for row in true if (seen := [other for other in found if _overlap(row, other) >= 0])]
    both_s = sum(max(0.0, _overlap(one, other)) for one in found for other in true)
    return Score(
        found=len(found),
        right=sum(right for _, right in said),
        true=len(true),
        recalled=len(recalled),
        both_s=both_s,
        either_s=sum(row[1] - row[0] for row in [*found, *true]) - both_s,
        true_s=sum(row[1] - row[0] for row, _ in recalled),
        off_s=sum(sum(other[1] - other[0] for other in seen) - (row[1] - row[0]) for row, seen in recalled),
        off_m=sum(min(other[2] for other in seen) - row[2] for row, seen in recalled),
        said=said,
    )


def _overlap(one: Row, other: Row) -> float:
    """Seconds; negative where they do not touch."""
    return min(one[1], other[1]) - max(one[0], other[0])


def _by_pair(met: Met) -> dict[tuple[int, int], list[Row]]:
    pairs = defaultdict(list)
    for person, other, *row in zip(*(column.tolist() for column in met), strict=True):
        pairs[person, other].append(tuple(row))
    return pairs
