"""The dashboard is one by the schema of Grafana's own kit: it knows all that is said there."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from deployment.native.folders import REPOSITORY

WRITTEN = json.loads((REPOSITORY / "deployment" / "components" / "observability" / "dashboard.json").read_text())
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
