"""The dashboard's panels, with what a Prometheus answers to them."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Over = Callable[[str], list[Any]]

NAMED = re.compile(r"\{\{\s*(\w+)\s*\}\}")


Point = tuple[float, float]  # instant and value


@dataclass(frozen=True)
class Series:
    name: str
    points: Sequence[Point]  # of those instants for which there is a value


@dataclass(frozen=True)
class Panel:
    kind: str
    title: str
    unit: str
    x: int
    y: int
    w: int
    h: int
    stacked: bool
    thresholds: Sequence[tuple[float, str]]  # from which value on it has which colour
    series: Sequence[Series]


def panels(dashboard: Mapping[str, Any], rate_interval: str, over: Over) -> list[Panel]:
    """`over` answers an expression with series, as Prometheus does."""
    return [panel(one, rate_interval, over) for one in dashboard["panels"]]


def panel(said: Mapping[str, Any], rate_interval: str, over: Over) -> Panel:
    shown = said.get("fieldConfig", {}).get("defaults", {})
    found = []
    for target in said.get("targets", []):
        answered = over(target["expr"].replace("$__rate_interval", rate_interval))
        found += [Series(name(target["legendFormat"], one["metric"]), points(one["values"])) for one in answered]
    steps = shown.get("thresholds", {}).get("steps", [])
    return Panel(
        kind=said["type"],
        title=said["title"],
        unit=shown.get("unit", ""),
        **said["gridPos"],
        stacked=shown.get("custom", {}).get("stacking", {}).get("mode") == "normal",
        thresholds=[(-math.inf if step["value"] is None else step["value"], step["color"]) for step in steps],
        series=[one for one in found if one.points],
    )


def name(form: str, labels: Mapping[str, str]) -> str:
    return NAMED.sub(lambda found: labels.get(found[1], ""), form)


def points(values: Sequence[tuple[float, str]]) -> list[Point]:
    return [(float(at), float(value)) for at, value in values if math.isfinite(float(value))]
