"""A picture of the dashboard, as SVG that is readable on light and on dark pages."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from tests.dashboard.frame import Frame, Span
from tests.dashboard.panels import Panel

COLUMN, ROW, GAP = 50, 30, 8  # pixels of the dashboard's grid
NO_DATA = "No data"
COLOURS = ("#2563eb", "#d97706", "#16a34a", "#dc2626", "#7c3aed", "#0891b2", "#db2777", "#64748b")
ON_DARK = ("#6ea8fe", "#fbbf24", "#4ade80", "#f87171", "#c4b5fd", "#22d3ee", "#f472b6", "#cbd5e1")

STYLE = """
text { font: 12px sans-serif; fill: #1f2937 }
.title { font-weight: bold; font-size: 13px }
.row { font-weight: bold; font-size: 15px }
.small, .none { fill: #6b7280; font-size: 11px }
.none { font-size: 14px }
.page { fill: #f3f4f6 } .card { fill: #fff; stroke: #d1d5db } .grid { stroke: #e5e7eb }
.good { fill: #15803d } .watch { fill: #b45309 } .bad { fill: #b91c1c }
"""
DARK = """
text { fill: #e5e7eb } .small, .none { fill: #9ca3af }
.page { fill: #111827 } .card { fill: #1f2937; stroke: #374151 } .grid { stroke: #374151 }
.good { fill: #4ade80 } .watch { fill: #fbbf24 } .bad { fill: #f87171 }
"""


def picture(panels: Sequence[Panel], span: Span) -> str:
    width = 24 * COLUMN + GAP
    height = max(panel.y + panel.h for panel in panels) * ROW + GAP
    svg = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        "<title>The dashboard</title>",
        f"<style>{STYLE}{coloured(COLOURS)}@media (prefers-color-scheme: dark) {{{DARK}{coloured(ON_DARK)}}}</style>",
        f'<rect class="page" width="{width}" height="{height}"/>',
    ]
    for panel in panels:
        svg += [f'<g transform="translate({panel.x * COLUMN + GAP} {panel.y * ROW + GAP})">']
        svg += drawn(panel, span)
        svg += ["</g>"]
    return "\n".join([*svg, "</svg>\n"])


def coloured(colours: Sequence[str]) -> str:
    rules = "".join(
        f".line{at} {{ stroke: {colour} }} .area{at} {{ fill: {colour} }}\n" for at, colour in enumerate(colours)
    )
    return f"\n{rules}"


def drawn(panel: Panel, span: Span) -> list[str]:
    width, height = panel.w * COLUMN - GAP, panel.h * ROW - GAP
    if panel.kind == "row":
        return [f'<text class="row" x="2" y="{height - 4}">{escape(panel.title)}</text>']
    svg = [
        f'<rect class="card" width="{width}" height="{height}" rx="3"/>',
        f'<text class="title" x="10" y="20">{escape(panel.title)}</text>',
    ]
    if not panel.series:
        place = f'x="{width / 2:.0f}" y="{height / 2 + 12:.0f}" text-anchor="middle"'
        return [*svg, f'<text class="none" {place}>{NO_DATA}</text>']
    frame = Frame(panel, span, width, height)
    return svg + (frame.number() if panel.kind == "stat" else frame.lines())
