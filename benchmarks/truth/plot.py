"""F1 against the phones' accuracy; and one pair over time: truth, raw fixes and answer."""

from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

import numpy as np

from benchmarks.truth.estimators import ESTIMATORS, estimated_ways
from benchmarks.truth.measure import CEILING, OURS, Measured
from benchmarks.truth.plan import BY_ACCURACY, DISTANCE_M
from benchmarks.truth.scene import START_US, Scene
from proximity.fixes import Floats
from proximity.geocentric import geocentric
from proximity.ways import placed

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 800, 360, 56, 190, 20, 44
COLOURS = {
    "fixes within 600 s": "#dc2626",
    "straight lines": "#d97706",
    "Kalman smoother": "#64748b",
    OURS: "#2563eb",
    CEILING: "#16a34a",
}
MOST_M = 12.0
STEP_S = 2.0


class Axes(NamedTuple):
    """From values to pixels."""

    low: float
    high: float
    top: float  # the largest value upwards; the smallest is 0

    def x(self, value: float) -> float:
        return LEFT + (value - self.low) / (self.high - self.low) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - min(value, self.top) / self.top * (HEIGHT - TOP - BOTTOM)

    def line(self, xs: Sequence[float], ys: Sequence[float]) -> str:
        return " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in zip(xs, ys, strict=True))


def by_accuracy(measured: Sequence[Measured]) -> str:
    rows = {row.phones.name: row for row in measured if row.phones.name in BY_ACCURACY}
    metres = [row.phones.accuracy_m for row in rows.values()]
    axes = Axes(min(metres), max(metres), 1.0)
    svg = _begun("F1 against the accuracy of the phones")
    svg += [_level(axes, value, f"{value:.1f}") for value in (0.2, 0.4, 0.6, 0.8, 1.0)]
    svg += [_below(axes, metre, f"{metre:g} m") for metre in metres]
    ends: list[float] = []
    curves = {name: [row.scores[name].f1 for row in rows.values()] for name in next(iter(rows.values())).scores}
    for name, values in sorted(curves.items(), key=lambda item: -item[1][-1]):
        svg.append(
            f'<polyline points="{axes.line(metres, values)}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"/>'
        )
        ends.append(max(axes.y(values[-1]) + 4, ends[-1] + 15 if ends else 0.0))
        svg.append(f'<text x="{WIDTH - RIGHT + 8}" y="{ends[-1]:.0f}">{escape(name)}</text>')
    svg.append(f'<text x="{LEFT}" y="{HEIGHT - 6}">F1; accuracy of the phones, a fix each 10 s</text>')
    return "\n".join([*svg, "</svg>\n"])


def one_pair(scene: Scene) -> str:
    """The pair that met for the longest, some minutes before and after it."""
    truth = scene.truth
    longest = int(np.argmax(truth.ended_s - truth.started_s))
    pair = int(truth.person[longest]), int(truth.other[longest])
    low = max(0.0, truth.started_s[longest] - 300)
    high = min(scene.conference.minutes * 60.0, truth.ended_s[longest] + 300)
    times = np.arange(low, high, STEP_S)
    axes = Axes(low / 60, high / 60, MOST_M)
    apart, deviation, known = _by_estimate(scene, pair, times)
    raw = _by_raw_fixes(scene, pair, times)
    true = _truly(scene, pair, times)
    minutes = (times / 60).tolist()
    svg = _begun("The distance of two people over time: truth and answer")
    svg += [_level(axes, value, f"{value:g} m") for value in (2.0, 4.0, 6.0, 8.0, 10.0, 12.0)]
    svg += [_below(axes, minute, f"{minute:.0f} min") for minute in np.arange(np.ceil(low / 300) * 5, high / 60, 5)]
    band = axes.line(
        [*np.array(minutes)[known].tolist(), *np.array(minutes)[known][::-1].tolist()],
        [*(apart + deviation)[known].tolist(), *np.maximum(apart - deviation, 0)[known][::-1].tolist()],
    )
    svg.append(f'<polygon points="{band}" fill="#bfdbfe" stroke="none"/>')
    for values, colour, width in ((raw, "#f59e0b", 1), (apart, "#2563eb", 2), (true, "#16a34a", 2)):
        path = axes.line(minutes, values.tolist())
        svg.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>')
    met = ESTIMATORS[OURS](scene)
    svg += _bars(axes, "truth", "#16a34a", 0, [(truth.started_s[longest], truth.ended_s[longest])])
    same = (met.person == pair[0]) & (met.other == pair[1]) & (met.ended_s > low) & (met.started_s < high)
    svg += _bars(axes, "answer", "#2563eb", 1, list(zip(met.started_s[same], met.ended_s[same], strict=True)))
    for number, (name, colour) in enumerate(
        (("true distance", "#16a34a"), ("by estimate, ± s", "#2563eb"), ("of raw fixes", "#f59e0b"))
    ):
        svg.append(
            f'<text x="{WIDTH - RIGHT + 8}" y="{TOP + 90 + 18 * number}" style="fill:{colour}">{escape(name)}</text>'
        )
    legend = f"phones of 3 m, a fix each 10 s; the bars: together within {DISTANCE_M:g} m"
    svg.append(f'<text x="{LEFT}" y="{HEIGHT - 6}">{legend}</text>')
    return "\n".join([*svg, "</svg>\n"])


def _by_estimate(scene: Scene, pair: tuple[int, int], times: Floats) -> tuple[Floats, Floats, Floats]:
    every = estimated_ways(scene)
    at_us = START_US + (times * 1e6).astype(np.int64)
    points, variance, known = [], np.zeros(times.size), np.ones(times.size, bool)
    for person in pair:
        own = every.at(every.person_id == person)
        piece = np.clip(np.searchsorted(own.start_us, at_us, side="right") - 1, 0, None)
        where = placed(own.at(piece), at_us)
        points.append(where.points)
        variance += where.variance_m2
        known &= (own.start_us[piece] <= at_us) & (at_us <= own.end_us[piece])
    apart = np.linalg.norm(points[0] - points[1], axis=0)
    return np.where(known, apart, MOST_M), np.sqrt(variance), known


def _by_raw_fixes(scene: Scene, pair: tuple[int, int], times: Floats) -> Floats:
    points = []
    for person in pair:
        own = scene.fixes.at(scene.fixes.person_id == person)
        axes = geocentric(own.latitude, own.longitude)
        points.append([np.interp(times, (own.time_us - START_US) / 1e6, axis) for axis in axes])
    apart: Floats = np.linalg.norm(np.array(points[0]) - np.array(points[1]), axis=0)
    return apart


def _truly(scene: Scene, pair: tuple[int, int], times: Floats) -> Floats:
    apart = np.zeros(times.size)
    for stretch in scene.conference.stretches():
        now = np.flatnonzero((stretch.begins_s <= times) & (times < stretch.ends_s))
        one, other = (stretch.paths.at(np.full(now.size, person - 1), times[now]) for person in pair)
        apart[now] = np.linalg.norm(one - other, axis=1)
    return apart


def _bars(axes: Axes, name: str, colour: str, row: int, spans: Sequence[tuple[float, float]]) -> list[str]:
    top = TOP + 4 + 16 * row
    bars = []
    for begin, end in spans:
        left, right = axes.x(begin / 60), axes.x(end / 60)
        bars.append(f'<rect x="{left:.1f}" y="{top}" width="{right - left:.1f}" height="10" fill="{colour}"/>')
    return [*bars, f'<text x="{WIDTH - RIGHT + 8}" y="{top + 10}">{escape(name)}</text>']


def _begun(title: str) -> list[str]:
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(title)}</title>",
        "<style>text { font: 13px sans-serif; fill: #222 }</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]


def _level(axes: Axes, value: float, label: str) -> str:
    at = axes.y(value)
    line = f'<line x1="{LEFT}" y1="{at:.1f}" x2="{WIDTH - RIGHT}" y2="{at:.1f}" stroke="#e5e7eb"/>'
    return f'{line}\n<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{label}</text>'


def _below(axes: Axes, value: float, label: str) -> str:
    return f'<text x="{axes.x(value):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{label}</text>'
