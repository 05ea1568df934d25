"""The inside of a panel that has data: a number with its course, or lines with their axes and names."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple
from xml.sax.saxutils import escape

from tests.dashboard.legend import LINE, legend
from tests.dashboard.panels import Panel, Point, Series
from tests.dashboard.units import top_of, written

LEFT, RIGHT, TOP, BOTTOM = 64, 14, 34, 24
LEVELS = 4
COLOURS = 8
SIGNALS = {"green": "good", "orange": "watch", "red": "bad"}


class Span(NamedTuple):
    begin: float
    end: float
    step_s: float


class Frame:
    def __init__(self, panel: Panel, span: Span, width: int, height: int) -> None:
        self._panel, self._span, self._width = panel, span, width
        self._series = stacked(panel.series) if panel.stacked else panel.series
        self._top = top_of(max(value for one in self._series for _, value in one.points))
        self._legend = legend([one.name for one in panel.series], width - 20)
        if panel.kind == "stat":
            self._left, self._right, self._upper, self._lower = 10, width - 10, height - 40, height - 8
        else:
            self._left, self._right, self._upper = LEFT, width - RIGHT, TOP
            self._lower = height - BOTTOM - LINE * len(self._legend)

    def number(self) -> list[str]:
        value = self._panel.series[0].points[-1][1]
        colour = next(colour for least, colour in reversed(self._panel.thresholds) if value >= least)
        place = f'x="{self._width / 2:.0f}" y="58" text-anchor="middle" style="font-size: 26px"'
        text = escape(written(value, self._panel.unit))
        return [f'<text class="{SIGNALS[colour]}" {place}>{text}</text>', *self._drawn(0, self._series[0])]

    def lines(self) -> list[str]:
        svg = []
        for level in range(LEVELS + 1):
            value = self._top * level / LEVELS
            y = self._y(value)
            svg.append(f'<line class="grid" x1="{self._left}" y1="{y}" x2="{self._right}" y2="{y}"/>')
            label = written(value, self._panel.unit)
            svg.append(f'<text class="small" x="{self._left - 6}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
        for minute in range(int((self._span.end - self._span.begin) / 60) + 1):
            x = self._x(self._span.begin + 60 * minute)
            svg.append(f'<text class="small" x="{x}" y="{self._lower + 14}" text-anchor="middle">{minute} min</text>')
        for number, one in reversed(list(enumerate(self._series))):
            svg += self._drawn(number, one)
        for line, entries in enumerate(self._legend):
            y = self._lower + 30 + LINE * line
            for entry in entries:
                if entry.number is not None:
                    place = f'x="{entry.x:.0f}" y="{y - 7}" width="12" height="4"'
                    svg.append(f'<rect class="area{entry.number % COLOURS}" {place}/>')
                svg.append(f'<text class="small" x="{entry.x + 16:.0f}" y="{y}">{escape(entry.text)}</text>')
        return svg

    def _drawn(self, number: int, series: Series) -> list[str]:
        colour, ground = number % COLOURS, self._y(0)
        svg = []
        for piece in pieces(series.points, self._span.step_s):
            line = " ".join(f"{self._x(at)},{self._y(value)}" for at, value in piece)
            first, last = self._x(piece[0][0]), self._x(piece[-1][0])
            area = f"{first},{ground} {line} {last},{ground}"
            opacity = 0.3 if self._panel.stacked else 0.08
            svg.append(f'<polygon class="area{colour}" points="{area}" fill-opacity="{opacity}"/>')
            # With round ends, so that a single point is seen.
            form = 'fill="none" stroke-width="1.5" stroke-linecap="round"'
            svg.append(f'<polyline class="line{colour}" points="{line} {last},{self._y(piece[-1][1])}" {form}/>')
        return svg

    def _x(self, at: float) -> float:
        share = (at - self._span.begin) / (self._span.end - self._span.begin)
        return round(self._left + share * (self._right - self._left), 1)

    def _y(self, value: float) -> float:
        return round(self._lower - value / self._top * (self._lower - self._upper), 1)


def pieces(points: Sequence[Point], step_s: float) -> list[list[Point]]:
    """Apart where there is no value in between."""
    found = [[points[0]]]
    for before, point in pairwise(points):
        if point[0] - before[0] > step_s * 1.5:
            found.append([])
        found[-1].append(point)
    return found


def stacked(series: Sequence[Series]) -> list[Series]:
    """Each on top of those before it."""
    below: dict[float, float] = {}
    found = []
    for one in series:
        for at, value in one.points:
            below[at] = below.get(at, 0.0) + value
        found.append(Series(one.name, [(at, below[at]) for at, _ in one.points]))
    return found
