"""The figures that are promised of the page, each with its target."""

from collections.abc import Iterator, Sequence
from statistics import median

from benchmarks.figures import Bound, Figure
from benchmarks.page.browse import FULL_SPEED, PHONE, Rounds
from benchmarks.page.plan import CROWD_LOCATIONS, Plan

Round = dict[str, float]


def figures(rounds: Rounds, plan: Plan) -> Iterator[Figure]:
    """Medians over the rounds. What is divided by each other was measured in the same round."""
    for mode, conference_ms, crowd_ms, frame_ms in ((FULL_SPEED, 1000, 2000, 100), (PHONE, 2000, 4000, 400)):
        seen = rounds[mode]
        crowd = "" if plan.is_full else f"a smaller crowd; the target is meant for {CROWD_LOCATIONS:,} locations"
        for name, of, target, remark in (
            ("meetings of a conference", "conference_ms", conference_ms, machine(seen)),
            ("meetings in a dense crowd", "crowd_ms", crowd_ms, crowd),
            ("longest frame, dragging 100,000 fixes", "long_longest_frame_ms", frame_ms, ""),
        ):
            yield Figure(f"{mode}: {name}", middle(seen, of), Bound.AT_MOST, target, " ms", remark)
        for name, of, to, ratio_target in (
            ("meetings of a conference / people", "conference_ms", "people_ms", 3.0),
            ("meetings in a dense crowd / people", "crowd_ms", "people_ms", 6.0),
            ("a frame, 100,000 fixes / a few", "long_frame_ms", "short_frame_ms", 1.5),
        ):
            ratio = median(each[of] / each[to] for each in seen)
            yield Figure(f"{mode}: {name}", ratio, Bound.AT_MOST, ratio_target)


def middle(rounds: Sequence[Round], name: str) -> float:
    return median(each[name] for each in rounds)


def machine(rounds: Sequence[Round]) -> str:
    """What the same browser takes for nothing, and for a fixed piece of work: how fast this machine was just then."""
    empty, work = middle(rounds, "empty_page_ms"), middle(rounds, "fixed_work_ms")
    return f"an empty page takes {empty:,.0f} ms, the fixed work {work:,.0f} ms"
