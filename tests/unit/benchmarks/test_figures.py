"""From runs to figures, and from figures to ok or short."""

from xml.etree import ElementTree as ET

from benchmarks.figures import Figure, figures
from benchmarks.ingest.measured import Measured
from benchmarks.report import plot, table
from benchmarks.result import Result, median_ratio


def at(rate: float, **details: float) -> Result:
    return Result(locations=round(rate * 10), seconds=10, details=details)


def of(measured: Measured) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures(measured)}


def test_a_ratio_is_taken_within_each_round_so_that_a_machine_that_slows_down_changes_nothing() -> None:
    rounds = [{"us": at(90), "limit": at(100)}, {"us": at(9), "limit": at(10)}, {"us": at(45), "limit": at(50)}]
    assert median_ratio(rounds, "us", "limit") == 0.9


def test_a_round_in_which_one_of_the_two_is_missing_does_not_count() -> None:
    assert median_ratio([{"us": at(90)}, {"us": at(5), "limit": at(10)}], "us", "limit") == 0.5
    assert median_ratio([{"us": at(90)}], "us", "limit") is None


def test_a_figure_below_its_target_is_short() -> None:
    asked = frozenset({"limit", "consumer_only", "whole_way"})
    memory = {"producer_peak_memory_mb": 120.0, "consumer_peak_memory_mb": 201.0}
    rounds = [{"limit": at(100), "consumer_only": at(90), "whole_way": at(74, **memory)}]
    found = of(Measured(asked, rounds))
    assert found["consumer only / limit"].ok
    assert not found["whole way / limit"].ok
    assert found["peak memory of the producer"].ok
    assert not found["peak memory of the consumer"].ok
    assert found["whole way / limit"].line().split()[-4:] == ["0.74", "≥", "0.75", "short"]


def test_what_was_asked_for_and_could_not_be_measured_is_short_and_says_why() -> None:
    measured = Measured(frozenset({"consumer_only", "jdbc_sink"}), [{"consumer_only": at(90)}])
    measured.not_to_be_had = "no network"
    [figure] = figures(measured)
    assert not figure.ok
    assert "not measured" in figure.line()
    assert figure.line().endswith("short  (no network)")


def test_what_was_not_asked_for_is_no_figure() -> None:
    assert list(figures(Measured(frozenset({"limit"}), [{"limit": at(1)}]))) == []


def test_growth_is_judged_at_the_largest_size_and_a_smaller_one_than_promised_is_said() -> None:
    growth = {
        1_000: [{"empty": at(100), "grown": at(50)}],
        5_000: [{"empty": at(100), "grown": at(95)}],
    }
    [figure] = figures(Measured(frozenset({"growth"}), growth=growth))
    assert figure.ok
    assert "5,000" in figure.remark


def test_the_table_shows_the_round_with_the_median_rate() -> None:
    rounds = [{"limit": at(rate)} for rate in (300, 100, 200)]
    assert "| limit | 200 |" in table(Measured(frozenset({"limit"}), rounds))


def test_the_plot_is_svg_with_a_bar_for_each_rate_in_proportion() -> None:
    root = ET.fromstring(plot({"limit": 200.0, "a < b": 50.0}))  # noqa: S314  written by us
    _, longest, quarter = (float(each.get("width", 0)) for each in root.iter("{http://www.w3.org/2000/svg}rect"))
    assert quarter == longest / 4
    assert "a < b" in [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
