"""What is left of a run: a table for people, JSON for programs, a plot for the documentation."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks.figures import Figure
from benchmarks.ingest.measured import Measured
from benchmarks.written import write

BAR_HEIGHT, GAP, LABEL_WIDTH, PLOT_WIDTH, MARGIN = 22, 10, 260, 420, 16
LARGEST_TICKS = 4


def table(measured: Measured) -> str:
    """A Markdown table."""
    lines = ["| | locations/s | details |", "|---|---:|---|"]
    for name, result in measured.rows():
        details = ", ".join(f"{key.replace('_', ' ')} {value:,.3g}" for key, value in result.details.items())
        lines.append(f"| {name.replace('_', ' ')} | {result.rate:,.0f} | {details} |")
    return "\n".join(lines)


def write_report(folder: Path, measured: Measured, figures: Sequence[Figure], machine: Mapping[str, str]) -> None:
    runs = {
        "rounds": [{name: as_json(result) for name, result in round_.items()} for round_ in measured.rounds],
        "growth": {
            size: [{name: as_json(result) for name, result in round_.items()} for round_ in rounds]
            for size, rounds in measured.growth.items()
        },
        "single": {name: as_json(result) for name, result in measured.single.items()},
    }
    write(folder, "ingest", table(measured), figures, machine, runs)
    (folder / "ingest.svg").write_text(plot({name.replace("_", " "): result.rate for name, result in measured.rows()}))


def as_json(result: object) -> dict[str, object]:
    return {**asdict(result), "rate": getattr(result, "rate")}  # type: ignore[call-overload]  # noqa: B009


def plot(rates: Mapping[str, float]) -> str:
    """Bars of locations a second, in the order given."""
    largest = max(rates.values(), default=1)
    height = 2 * MARGIN + len(rates) * (BAR_HEIGHT + GAP)
    width = 2 * MARGIN + LABEL_WIDTH + PLOT_WIDTH + 80
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        "<title>Locations a second</title>",
        "<style>text { font: 13px sans-serif; fill: #222 }</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for number, (name, rate) in enumerate(rates.items()):
        top = MARGIN + number * (BAR_HEIGHT + GAP)
        left = MARGIN + LABEL_WIDTH
        length = max(1.0, PLOT_WIDTH * rate / largest)
        middle = top + BAR_HEIGHT * 0.7
        parts += [
            f'<text x="{left - 8}" y="{middle:.0f}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{left}" y="{top}" width="{length:.1f}" height="{BAR_HEIGHT}" rx="3" fill="#2563eb"/>',
            f'<text x="{left + length + 6:.0f}" y="{middle:.0f}">{rate:,.0f}</text>',
        ]
    return "\n".join([*parts, "</svg>\n"])
