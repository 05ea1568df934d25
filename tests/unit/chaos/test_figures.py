"""What was seen becomes figures, each of which can miss its target."""

from tests.chaos.ledger import Verdict
from tests.chaos.report import figures, table
from tests.chaos.round import Outcome, Told

NAME = "cluster: a machine dies"


def outcome(away_s: float | None, recovery_s: float | None = 1.0, lost: int = 0) -> Outcome:
    return Outcome(NAME, Told(away_s=away_s), Verdict(100, 0, 0, lost, 0, 0), recovery_s)


def short(*outcomes: Outcome) -> set[str]:
    return {figure.name for figure in figures(outcomes, 0) if not figure.ok}


def test_where_all_is_well_no_figure_is_short() -> None:
    assert short(outcome(None), outcome(14), outcome(15), outcome(60)) == set()


def test_how_long_nobody_was_served_counts_by_its_median_and_by_the_longest() -> None:
    assert short(outcome(15), outcome(16), outcome(17)) == {"without service when a machine fails, p50"}
    assert short(outcome(1), outcome(1), outcome(61)) == {"without service when a machine fails, longest"}


def test_what_is_lost_and_who_does_not_recover_is_told() -> None:
    assert short(outcome(1, lost=1)) == {"acknowledged locations lost"}
    assert short(outcome(1, recovery_s=None)) == {"rounds without recovery by itself"}


def test_the_table_has_a_line_for_each_fault() -> None:
    [*_, line] = table([outcome(2), outcome(4), outcome(9, recovery_s=None)]).splitlines()
    assert line == f"| {NAME} | 3 | 300 | 0 | 0 | 1.0 s | never | 4.0 s | 9.0 s |"
