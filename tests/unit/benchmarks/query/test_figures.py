"""From the answers' times to figures, and to ok or short."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from benchmarks.figures import Figure
from benchmarks.query.clients import Crowd, Load
from benchmarks.query.curves import curves
from benchmarks.query.figures import figures
from benchmarks.query.part import ESTIMATE, INDEX, PLAIN, SERVICE, SMALL_TOWN, STARTER, Memory, Part, Run, save, saved
from benchmarks.query.pedestrians import Row, rows
from benchmarks.query.plot import plot
from benchmarks.query.question import DAY, MONTH, REMEMBERED
from benchmarks.query.report import latency_table, markdown

MEMORY = Memory("month", rows=450_000, pages=45, seconds=60, all_processes_mb=250, largest_process_mb=301)


def load(rate: float, server_ms: float, client_ms: float) -> Load:
    return Load(rate, server_ms, client_ms, [1.0])


def part(locations: int, day_ms: float, *more: Run, month_ms: float = 100) -> Part:
    runs = [
        Run(SERVICE, DAY, [day_ms] * 3, [300] * 3),
        Run(INDEX, DAY, [4.0] * 3, [310] * 3),
        Run(SERVICE, MONTH, [month_ms], [9_000]),
        *more,
    ]
    return Part(f"{locations}", locations, 200, {"cores": "2"}, runs=runs)


def of(parts: list[Part], walked: list[Row] | None = None) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures(parts, walked or [])}


def test_the_largest_size_is_judged_and_a_smaller_one_than_promised_is_said() -> None:
    found = of([part(1_000_000, 7), part(20_000_000, 9)])
    assert found["day, p95 over HTTP"].value == 9
    assert found["day, p95 over HTTP"].remark == ""
    assert found["day, p95: HTTP / bare index queries"].value == pytest.approx(9 / 4)
    assert not found["day, p95: HTTP / bare index queries"].ok
    assert "meant for 20,000,000" in of([part(1_000_000, 7)])["day, p95 over HTTP"].remark


def test_growth_compares_what_was_asked_in_turns() -> None:
    day = Run(SMALL_TOWN, DAY, [5.0], [300], service_ms=[10.0])
    rounds = [day, replace(day, service_ms=[7.5]), replace(day, service_ms=[5.0])]
    month = Run(SMALL_TOWN, MONTH, [100.0], [9_000], service_ms=[120.0])
    found = of([part(1_000_000, 6), replace(part(20_000_000, 60, *rounds, month), small_town=1_000_000)])
    assert found["day, p95 over HTTP: growth"].value == pytest.approx(1.5)
    assert not found["day, p95 over HTTP: growth"].ok
    assert found["month, p95 over HTTP: growth"].ok
    assert "day, p95 over HTTP: growth" not in of([part(1_000_000, 6)])


def test_meetings_by_estimate_are_compared_with_those_by_fixes_that_were_asked_in_turns() -> None:
    day = Run(ESTIMATE, DAY, [9.0, 9.0], [5, 5], service_ms=[6.0, 6.0], loaded=[700, 800], service_loaded=[500, 500])
    month = Run(ESTIMATE, MONTH, [160.0], [90], service_ms=[100.0], loaded=[9_000], service_loaded=[8_000])
    kept = Run(ESTIMATE, REMEMBERED[0], [16.0], [5], service_ms=[6.0], loaded=[0], service_loaded=[500])
    measured = part(20_000_000, 7, day, month, kept)
    found = of([measured])
    assert not found["encounters of a day within 5 m remembered, p95 over HTTP"].ok
    assert found["encounters of a day within 50 m by estimate, p95 over HTTP"].value == 9
    assert found["encounters of a month within 50 m, p95: estimate / fixes"].value == pytest.approx(1.6)
    assert not found["encounters of a month within 50 m, p95: estimate / fixes"].ok
    told = markdown([measured], [])
    assert "by estimate 9.0 / 9.0 ms from 750 locations, by fixes 6.0 / 6.0 ms from 500; 1.50 times as long" in told
    assert "within 5 m, p50 / p95: remembered 16.0 / 16.0 ms from 0 locations" in told


def test_a_peer_is_compared_question_by_question_with_what_the_service_took_for_the_same() -> None:
    starter = Run(STARTER, DAY, [5000, 6000], [900, 900], service_ms=[5, 20])
    month = Run(STARTER, MONTH, [3_000_000], [900], service_ms=[100], measured_queries=4)
    plain = Run(PLAIN, DAY, [100], [300], service_ms=[10])
    found = of([part(1_000_000, 7, starter, month), part(10_000_000, 7, plain)])
    assert found["day: starter's algorithm / HTTP"].value == (1000 + 300) / 2
    assert found["month: starter's algorithm / HTTP"].value == 30_000
    assert found["day: plain ST_DWithin / HTTP"].value == 10
    assert not found["day: plain ST_DWithin / HTTP"].ok


def test_what_is_possible_counts_the_clients_processor_time_too() -> None:
    crowd = Crowd(one=load(100, 3, 1), many=load(0, 0, 0))
    assert crowd.possible == pytest.approx(Crowd(one=load(100, 4, 0), many=load(0, 0, 0)).possible)


def test_memory_is_the_largest_that_anybody_saw() -> None:
    with_memory = part(1_000_000, 7)
    with_memory.memory = MEMORY
    figure = of([with_memory])["memory, a month at any time"]
    assert figure.value == 301
    assert not figure.ok


def test_a_pair_is_found_by_an_encounter_that_is_long_enough() -> None:
    longest = {(1, 2): 4.0, (3, 4): 3.9, (1, 3): 20.0}
    together = {(1, 2), (3, 4)}
    at_four = next(row for row in rows(2.0, longest, together) if row.duration_s == 4)
    assert (at_four.found, at_four.together, at_four.recall, at_four.precision) == (2, 1, 0.5, 0.5)
    assert not of([], [at_four])["recall of pedestrians, 4 s within 2 m"].ok


def test_a_part_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    large, small = part(20_000_000, 9), part(1_000_000, 7)
    small.crowds.append(Crowd(one=load(100, 3, 1), many=load(400, 4, 1)))
    small.memory = MEMORY
    for each in (large, small):
        save(each, tmp_path)
    assert saved(tmp_path) == [small, large]


def test_the_report_has_a_row_for_each_question_and_size_and_says_what_was_extrapolated() -> None:
    month = Run(STARTER, MONTH, [3_000_000], [900], service_ms=[100], measured_queries=4)
    parts = [part(1_000_000, 7.25, month), part(20_000_000, 9)]
    lines = latency_table(parts).splitlines()
    assert "| day, 50 m, ±10 min | 1,000,000 | 300 | 7.2 / 7.2 | 4.0 / 4.0 |  |  |" in lines
    assert "| month, 50 m, ±10 min | 1,000,000 | 9,000 | 100 / 100 |  |  | ≈ 3,000,000 / 3,000,000 |" in lines
    assert len(lines) == 2 + 2 * 2
    text = markdown(parts, list(figures(parts)))
    assert "| day, p95 over HTTP | 9 ms | ≤ 15 ms | ok |" in text


def test_the_plots_are_svg_with_a_point_for_each_measurement() -> None:
    two = plot([part(1_000_000, 7), part(20_000_000, 9)])
    assert sum(each.tag.endswith("circle") for each in ET.fromstring(two).iter()) == 6  # noqa: S314  written by us
    drawn = curves([Row(2.0, 4, 10, 5, 8), Row(2.0, 8, 5, 4, 8), Row(1.0, 4, 4, 4, 8)])
    assert sum(each.tag.endswith("polyline") for each in ET.fromstring(drawn).iter()) == 2  # noqa: S314  likewise
    assert plot([])
