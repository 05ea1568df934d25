"""Latency against size, both on scales of powers of ten."""

from collections.abc import Iterator, Sequence
from math import ceil, floor, log10
from typing import NamedTuple
from xml.sax.saxutils import escape

from benchmarks.query.part import INDEX, PLAIN, SERVICE, STARTER, Part
from benchmarks.query.question import DAY, MONTH

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 800, 440, 72, 260, 20, 44
OF_A_SECOND = 3  # the power of ten that its milliseconds are
LINES = (
    ("month, starter (extrapolated)", STARTER, MONTH, "#b91c1c", "2 4"),
    ("day, starter", STARTER, DAY, "#dc2626", ""),
    ("day, plain ST_DWithin", PLAIN, DAY, "#d97706", ""),
    ("month, over HTTP", SERVICE, MONTH, "#1d4ed8", "6 4"),
    ("month, bare queries", INDEX, MONTH, "#64748b", "6 4"),
    ("day, over HTTP", SERVICE, DAY, "#2563eb", ""),
    ("day, bare queries", INDEX, DAY, "#64748b", ""),
)


class Line(NamedTuple):
    name: str
    colour: str
    dashes: str
    points: list[tuple[float, float]]  # rows, ms


def plot(parts: Sequence[Part]) -> str:
    """SVG: the 95th percentiles at 50 m and ±10 min, of peers the medians."""
    lines = list(measured(parts))
    powers = [log10(ms) for line in lines for _, ms in line.points] or [0.0]
    sizes = [log10(rows) for line in lines for rows, _ in line.points] or [0.0]
    low, high = floor(min(powers)), max(ceil(max(powers)), floor(min(powers)) + 1)
    small, large = min(sizes), max(*sizes, min(sizes) + 0.1)

    def x(rows: float) -> float:
        return LEFT + (log10(rows) - small) / (large - small) * (WIDTH - LEFT - RIGHT)

    def y(ms: float) -> float:
        return HEIGHT - BOTTOM - (log10(ms) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    svg = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        "<title>Latency against the number of locations</title>",
        "<style>text { font: 13px sans-serif; fill: #222 }</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for power in range(low, high + 1):
        at = y(10**power)
        svg.append(f'<line x1="{LEFT}" y1="{at:.1f}" x2="{WIDTH - RIGHT}" y2="{at:.1f}" stroke="#e5e7eb"/>')
        svg.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{axis(power)}</text>')
    svg += [
        f'<text x="{x(rows):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{rows / 1e6:,.3g} M</text>'
        for rows in sorted({rows for line in lines for rows, _ in line.points})
    ]
    svg.append(f'<text x="{LEFT}" y="{HEIGHT - 6}">locations; p95, of peers the median; 50 m, ±10 min</text>')
    labels: list[float] = []
    for line in sorted(lines, key=lambda line: line.points[-1][1], reverse=True):
        path = " ".join(f"{x(rows):.1f},{y(ms):.1f}" for rows, ms in line.points)
        dashes = f' stroke-dasharray="{line.dashes}"' if line.dashes else ""
        svg.append(f'<polyline points="{path}" fill="none" stroke="{line.colour}" stroke-width="2"{dashes}/>')
        svg += [f'<circle cx="{x(r):.1f}" cy="{y(ms):.1f}" r="3.5" fill="{line.colour}"/>' for r, ms in line.points]
        rows, ms = line.points[-1]
        label = max(y(ms) + 4, labels[-1] + 15 if labels else 0.0)  # names never lie upon each other
        labels.append(label)
        svg.append(f'<text x="{x(rows) + 8:.1f}" y="{label:.1f}">{escape(line.name)}, {unit(ms)}</text>')
    return "\n".join([*svg, "</svg>\n"])


def measured(parts: Sequence[Part]) -> Iterator[Line]:
    for name, who, kind, colour, dashes in LINES:
        percent = 95 if who in {SERVICE, INDEX} else 50
        points = [
            (float(part.locations), ms)
            for part in sorted(parts, key=lambda part: part.locations)
            if (ms := part.percentile(who, kind, percent)) is not None
        ]
        if points:
            yield Line(name, colour, dashes, points)


def axis(power: int) -> str:
    return f"{10**power:,g} ms" if power < OF_A_SECOND else f"{10 ** (power - OF_A_SECOND):,} s"


def unit(ms: float) -> str:
    for size, name in ((3_600_000, "h"), (60_000, "min"), (1000, "s")):
        if ms >= size:
            return f"{ms / size:,.3g} {name}"
    return f"{ms:,.3g} ms"
