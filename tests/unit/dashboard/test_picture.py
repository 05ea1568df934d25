"""What Prometheus answers is drawn as the dashboard says, and what it does not answer is seen to be missing."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.dashboard.frame import Span, pieces
from tests.dashboard.legend import legend
from tests.dashboard.panels import Panel, panels
from tests.dashboard.picture import picture
from tests.dashboard.units import top_of, written

SPAN = Span(0.0, 300.0, 5.0)
LINES = {
    "type": "timeseries",
    "title": "Calls & more",
    "gridPos": {"x": 0, "y": 4, "w": 8, "h": 8},
    "fieldConfig": {"defaults": {"unit": "reqps", "custom": {"stacking": {"mode": "normal"}}}},
    "targets": [{"expr": "rate(calls[$__rate_interval])", "legendFormat": "code {{code}}"}],
}
STEPS = [{"color": "green", "value": None}, {"color": "red", "value": 60}]
NUMBER = {
    "type": "stat",
    "title": "Freshness",
    "gridPos": {"x": 0, "y": 0, "w": 4, "h": 4},
    "fieldConfig": {"defaults": {"unit": "s", "thresholds": {"steps": STEPS}}},
    "targets": [{"expr": "age", "legendFormat": ""}],
}
ANSWERS: dict[str, Any] = {
    "rate(calls[20s])": [
        {"metric": {"code": "200"}, "values": [[0, "1"], [5, "2"]]},
        {"metric": {"code": "503"}, "values": [[0, "NaN"], [5, "1"]]},
    ],
    "age": [{"metric": {}, "values": [[0, "1"], [5, "90"]]}],
}


def read(answers: dict[str, Any]) -> list[Panel]:
    return panels({"panels": [NUMBER, LINES]}, "20s", lambda expression: answers.get(expression, []))


def texts(found: list[Panel]) -> list[str | None]:
    return [text.text for text in ET.fromstring(picture(found, SPAN)).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314


def test_titles_names_units_and_the_last_number_are_in_the_picture() -> None:
    shown = texts(read(ANSWERS))
    for text in ("Freshness", "1.5 min", "Calls & more", "code 200", "code 503", "5 min", "0/s", "5/s"):
        assert text in shown
    assert "No data" not in shown


def test_a_number_has_the_colour_of_its_threshold() -> None:
    assert 'class="bad"' in picture(read(ANSWERS), SPAN)
    fresh = {"age": [{"metric": {}, "values": [[0, "90"], [5, "1"]]}]}
    assert 'class="good"' in picture(read(fresh), SPAN)


@pytest.mark.parametrize("nothing", [[], [{"metric": {}, "values": [[0, "NaN"]]}]])
def test_a_panel_without_data_says_so(nothing: list[Any]) -> None:
    assert texts(read({**ANSWERS, "age": nothing})).count("No data") == 1
    assert texts(read({})) == ["Freshness", "No data", "Calls & more", "No data"]


def test_a_line_is_broken_where_there_is_no_value() -> None:
    assert pieces([(0, 1), (5, 1), (20, 1)], 5.0) == [[(0, 1), (5, 1)], [(20, 1)]]


def test_names_for_which_there_is_no_room_are_counted() -> None:
    lines = legend([f"a name that is long {number}" for number in range(20)], 300)
    shown = [entry for line in lines for entry in line if entry.number is not None]
    assert lines[-1][-1].text == f"and {20 - len(shown)} more"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0, "s", "0 s"),
        (0.0042, "s", "4.2 ms"),
        (5400, "s", "1.5 h"),
        (0.123, "percentunit", "12.3 %"),
        (250_000_000, "bytes", "250 MB"),
        (12_345, "short", "12.3 k"),
        (7, "reqps", "7/s"),
    ],
)
def test_numbers_are_written_as_people_read_them(value: float, unit: str, text: str) -> None:
    assert written(value, unit) == text


@pytest.mark.parametrize(("largest", "top"), [(0, 1), (3, 5), (1.7, 2), (2000, 2000), (0.021, 0.025), (99, 100)])
def test_an_axis_ends_at_a_round_number(largest: float, top: float) -> None:
    assert top_of(largest) == pytest.approx(top)
