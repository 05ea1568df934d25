"""The table of what was seen, and the figures that are promised."""

from collections.abc import Iterator, Sequence
from statistics import median

from benchmarks.figures import Bound, Figure
from tests.chaos.plan import RANDOM_KILLS
from tests.chaos.round import Outcome

HEAD = ("fault", "rounds", "acknowledged", "lost", "duplicated", "recovery p50", "max", "without service p50", "max")


def table(outcomes: Sequence[Outcome]) -> str:
    lines = [HEAD, ("---", *["---:"] * (len(HEAD) - 1))]
    for fault in dict.fromkeys(outcome.fault for outcome in outcomes):
        those = [outcome for outcome in outcomes if outcome.fault == fault]
        times = [outcome.recovery_s for outcome in those]
        known = [seconds for seconds in times if seconds is not None]
        lines.append(
            (
                fault,
                str(len(those)),
                f"{sum(outcome.verdict.acknowledged for outcome in those):,}",
                str(sum(outcome.verdict.lost for outcome in those)),
                str(sum(outcome.verdict.duplicated + outcome.verdict.made_up for outcome in those)),
                f"{median(known):.1f} s" if known else "never",
                f"{max(known):.1f} s" if len(known) == len(times) else "never",
                *without_service(those),
            )
        )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def without_service(outcomes: Sequence[Outcome]) -> tuple[str, str]:
    """The median, and the longest; of most faults it is not looked for."""
    times = [outcome.told.away_s for outcome in outcomes if outcome.told.away_s is not None]
    return (f"{median(times):.1f} s", f"{max(times):.1f} s") if times else ("", "")


def figures(outcomes: Sequence[Outcome], rounds: int) -> Iterator[Figure]:
    kills = [outcome for outcome in outcomes if outcome.fault == RANDOM_KILLS]
    if rounds:
        yield Figure("rounds of random kills", len(kills), Bound.AT_LEAST, rounds)
    for name, value in (
        ("acknowledged locations lost", sum(outcome.verdict.lost for outcome in outcomes)),
        ("locations duplicated", sum(outcome.verdict.duplicated for outcome in outcomes)),
        ("locations that nobody sent", sum(outcome.verdict.made_up for outcome in outcomes)),
        ("rounds without recovery by itself", sum(outcome.recovery_s is None for outcome in outcomes)),
    ):
        yield Figure(name, value, Bound.AT_MOST, 0)
    if known := [outcome.recovery_s for outcome in kills if outcome.recovery_s is not None]:
        yield Figure("recovery from random kills, p50", median(known), Bound.AT_MOST, 15, unit=" s")
        yield Figure("recovery from random kills, longest", max(known), Bound.AT_MOST, 60, unit=" s")
    if known := [o.recovery_s for o in outcomes if o.recovery_s is not None and o.fault != RANDOM_KILLS]:
        yield Figure("recovery from any other fault, longest", max(known), Bound.AT_MOST, 60, unit=" s")
    if away := [outcome.told.away_s for outcome in outcomes if outcome.told.away_s is not None]:
        yield Figure("without service when a machine fails, p50", median(away), Bound.AT_MOST, 15, unit=" s")
        yield Figure("without service when a machine fails, longest", max(away), Bound.AT_MOST, 60, unit=" s")
