"""From times in the browser to figures, and to ok or short."""

from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.page.figures import figures
from benchmarks.page.plan import FULL, QUICK, Plan
from benchmarks.page.report import write_report

ROUND = {
    "empty_page_ms": 50.0,
    "fixed_work_ms": 200.0,
    "people_ms": 400.0,
    "conference_ms": 500.0,
    "crowd_ms": 900.0,
    "long_frame_ms": 17.0,
    "short_frame_ms": 17.0,
    "long_longest_frame_ms": 60.0,
    "short_longest_frame_ms": 50.0,
}


def of(*rounds: dict[str, float], plan: Plan = FULL) -> dict[str, Figure]:
    both = {"full speed": list(rounds), "phone": list(rounds)}
    return {figure.name: figure for figure in figures(both, plan)}


def test_a_fast_page_is_ok_in_every_figure_and_says_what_the_machine_took_for_nothing() -> None:
    found = of(ROUND)
    assert all(figure.ok for figure in found.values())
    assert "an empty page takes 50 ms" in found["full speed: meetings of a conference"].line()


def test_a_page_that_keeps_people_waiting_is_short_where_it_does() -> None:
    slow = {**ROUND, "crowd_ms": 5000.0, "long_frame_ms": 34.0}
    short = {name for name, figure in of(ROUND, slow, slow).items() if not figure.ok}
    assert short == {
        f"{mode}: {what}"
        for mode in ("full speed", "phone")
        for what in (
            "meetings in a dense crowd",
            "meetings in a dense crowd / people",
            "a frame, 100,000 fixes / a few",
        )
    }


def test_a_smaller_crowd_than_the_target_is_meant_for_is_said() -> None:
    assert "meant for 1,000,000" in of(ROUND, plan=QUICK)["phone: meetings in a dense crowd"].remark
    assert FULL.is_full


def test_the_report_has_the_median_of_each_measure(tmp_path: Path) -> None:
    rounds = {"full speed": [ROUND, {**ROUND, "people_ms": 500.0}, {**ROUND, "people_ms": 600.0}], "phone": [ROUND]}
    write_report(tmp_path, rounds, list(figures(rounds, FULL)), {"cores": "2"})
    assert "| people | 500 | 400 |" in (tmp_path / "page.md").read_text()
