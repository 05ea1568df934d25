"""The dashboard is one by the schema of Grafana's own kit, and all of it is in the picture that the documents show."""

import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from tests.dashboard.__main__ import PICTURE
from tests.dashboard.prometheus import ELSEWHERE, OBSERVABILITY

WRITTEN = json.loads((OBSERVABILITY / "dashboard.json").read_text())
SVG = "{http://www.w3.org/2000/svg}"
# Of Prometheus' annotations; the schema has those of no data source.
OF_THE_DATA_SOURCE = {"/annotations/list/0/step", "/annotations/list/0/titleFormat"}


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            yield from leaves(inner, f"{path}/{key}")
    else:
        yield path, value


def lost(dashboard: Any) -> set[str]:
    """What is not there any more when it has been read and written again."""
    read = Dashboard.from_json(dashboard)
    again = dict(leaves(json.loads(JSONEncoder(sort_keys=True).encode(read))))
    return {path for path, value in leaves(dashboard) if path not in again or again[path] != value}


@pytest.fixture(autouse=True)
def _plugins() -> None:
    register_default_plugins()


def test_all_that_the_dashboard_says_is_known() -> None:
    assert lost(WRITTEN) == OF_THE_DATA_SOURCE


@pytest.mark.parametrize("place", ["options", "fieldConfig"])
def test_what_nobody_knows_is_seen(place: str) -> None:
    dashboard = json.loads(json.dumps(WRITTEN))
    dashboard["panels"][0][place]["graphMod"] = "area"
    assert lost(dashboard) == OF_THE_DATA_SOURCE | {f"/panels/0/{place}/graphMod"}


def test_every_panel_is_in_the_picture_and_those_without_data_are_known() -> None:
    drawn = ET.parse(PICTURE).getroot()  # noqa: S314  it is ours
    shown = [[text.text for text in panel.iter(f"{SVG}text")] for panel in drawn.iter(f"{SVG}g")]
    assert [texts[0] for texts in shown] == [panel["title"] for panel in WRITTEN["panels"]]
    assert {texts[0] for texts in shown if "No data" in texts} == ELSEWHERE
