"""Recall against precision: a line for each distance, a point on it for each duration."""

from collections.abc import Sequence
from typing import Protocol

SIZE, LEFT, TOP, BOTTOM, RIGHT = 380, 56, 16, 48, 120
COLOURS = ("#7c3aed", "#2563eb", "#0891b2", "#16a34a", "#d97706", "#dc2626")
TENTHS = range(0, 11, 2)


class Point(Protocol):
    @property
    def distance_m(self) -> float: ...
    @property
    def duration_s(self) -> float: ...
    @property
    def recall(self) -> float: ...
    @property
    def precision(self) -> float: ...


def curves(points: Sequence[Point]) -> str:
    """SVG."""
    width, height = LEFT + SIZE + RIGHT, TOP + SIZE + BOTTOM
    svg = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        "<title>Recall and precision of encounters</title>",
        "<style>text { font: 12px sans-serif; fill: #222 } .small { font-size: 9px; fill: #555 }</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for tenth in TENTHS:
        share = tenth / 10
        svg += [
            f'<line x1="{x(0):.1f}" y1="{y(share):.1f}" x2="{x(1):.1f}" y2="{y(share):.1f}" stroke="#e5e7eb"/>',
            f'<line x1="{x(share):.1f}" y1="{y(0):.1f}" x2="{x(share):.1f}" y2="{y(1):.1f}" stroke="#e5e7eb"/>',
            f'<text x="{x(0) - 6:.1f}" y="{y(share) + 4:.1f}" text-anchor="end">{share:.0%}</text>',
            f'<text x="{x(share):.1f}" y="{y(0) + 16:.1f}" text-anchor="middle">{share:.0%}</text>',
        ]
    upwards = f'transform="translate(12 {y(0.5):.1f}) rotate(-90)" text-anchor="middle"'
    svg += [
        f'<text x="{x(0.5):.1f}" y="{height - 8}" text-anchor="middle">recall: of those who walked together</text>',
        f"<text {upwards}>precision: of those who were found</text>",
    ]
    for number, distance_m in enumerate(sorted({point.distance_m for point in points})):
        colour = COLOURS[number % len(COLOURS)]
        line = sorted((p for p in points if p.distance_m == distance_m), key=lambda point: point.duration_s)
        path = " ".join(f"{x(p.recall):.1f},{y(p.precision):.1f}" for p in line)
        svg.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for point in line:
            at_x, at_y = x(point.recall), y(point.precision)
            svg.append(f'<circle cx="{at_x:.1f}" cy="{at_y:.1f}" r="3" fill="{colour}"/>')
            svg.append(f'<text class="small" x="{at_x + 5:.1f}" y="{at_y - 4:.1f}">{point.duration_s:g} s</text>')
        label = TOP + 12 + 18 * number
        svg.append(f'<rect x="{x(1) + 20:.1f}" y="{label - 9}" width="14" height="10" fill="{colour}"/>')
        svg.append(f'<text x="{x(1) + 40:.1f}" y="{label}">{distance_m:g} m</text>')
    return "\n".join([*svg, "</svg>\n"])


def x(recall: float) -> float:
    return LEFT + recall * SIZE


def y(precision: float) -> float:
    return TOP + (1 - precision) * SIZE
