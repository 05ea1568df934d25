"""The figures that are promised of the truth, each with its target, or with the ceiling where that is lower."""

from collections.abc import Iterator, Sequence

from benchmarks.figures import Bound, Figure
from benchmarks.truth.measure import CEILING, OURS, Measured
from benchmarks.truth.pedestrians import Walked
from benchmarks.truth.plan import ORDINARY
from benchmarks.truth.score import Score, added

BELOW_CEILING = 0.02


def figures(measured: Sequence[Measured], walked: Walked | None) -> Iterator[Figure]:
    for row in measured:
        ours, ceiling = row.scores[OURS], row.scores[CEILING]
        name = row.phones.name
        if row.phones.f1 is not None and row.phones.iou is not None:
            yield _figure(f"{name}: F1", ours.f1, row.phones.f1, ceiling.f1)
            yield _figure(f"{name}: IoU", ours.iou, row.phones.iou, ceiling.iou)
        if name == ORDINARY:
            yield Figure(f"{name}: bias of duration", 100 * abs(ours.duration_bias), Bound.AT_MOST, 5, " %")
            yield Figure(f"{name}: bias of closest_m", abs(ours.closest_bias_m), Bound.AT_MOST, 0.2, " m")
    yield Figure("calibration error, all phones", promised(measured).calibration_error, Bound.AT_MOST, 0.05)
    if walked:
        yield Figure("pedestrians, recall of pairs", walked.recall, Bound.AT_LEAST, 0.95)
        yield Figure("pedestrians, precision", walked.precision, Bound.AT_LEAST, round(walked.raw_precision, 3))


def promised(measured: Sequence[Measured]) -> Score:
    """All meetings found with phones that something is promised of."""
    return added(row.scores[OURS] for row in measured if row.phones.f1 is not None)


def _figure(name: str, value: float, target: float, ceiling: float) -> Figure:
    reachable = round(ceiling - BELOW_CEILING, 3)
    remark = f"asked for {target:g}; the ceiling is {ceiling:.3f}" if reachable < target else ""
    return Figure(name, value, Bound.AT_LEAST, min(target, reachable), remark=remark)
