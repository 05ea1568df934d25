"""What is left of the parts: tables for the documentation, JSON for programs, a plot."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median

from benchmarks.figures import Figure
from benchmarks.query.part import ESTIMATE, INDEX, PLAIN, SERVICE, STARTER, Part, Run
from benchmarks.query.plot import plot
from benchmarks.query.question import KINDS, MET, REMEMBERED, Kind


def write_report(folder: Path, parts: Sequence[Part], figures: Sequence[Figure]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "query.md").write_text(markdown(parts, figures))
    (folder / "query.svg").write_text(plot(parts))
    document = {
        "figures": [figure.document() for figure in figures],
        "parts": [asdict(part) for part in parts],
    }
    (folder / "query.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def markdown(parts: Sequence[Part], figures: Sequence[Figure]) -> str:
    """Ready to be put into docs/benchmarks.md."""
    machines = "".join(
        f"- {part.name} ({part.locations:,} rows, loaded in {part.load_s:.0f} s): {described(part.machine)}\n"
        for part in parts
    )
    return "\n\n".join([machines.rstrip(), figure_table(figures), latency_table(parts), *more(parts)]) + "\n"


def described(machine: dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in machine.items())


def figure_table(figures: Sequence[Figure]) -> str:
    lines = ["| figure | value | target | |", "|---|---:|---:|---|"]
    for figure in figures:
        remark = f" ({figure.remark})" if figure.remark else ""
        target = f"{figure.bound.value} {figure.target:,g}{figure.unit}"
        lines.append(f"| {figure.name}{remark} | {figure.shown} | {target} | {'ok' if figure.ok else 'short'} |")
    return "\n".join(lines)


def latency_table(parts: Sequence[Part]) -> str:
    """Milliseconds, p50 / p95; of rows the median."""
    lines = [
        "| question | locations | rows | over HTTP | bare index queries | plain ST_DWithin | starter's algorithm |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for kind in KINDS:
        for part in parts:
            if not (ours := part.of(SERVICE, kind)):
                continue
            rows = median(count for run in ours for count in run.rows)
            cells = [times(part, who, kind) for who in (SERVICE, INDEX, PLAIN, STARTER)]
            lines.append(f"| {kind.name} | {part.locations:,} | {rows:,.0f} | {' | '.join(cells)} |")
    return "\n".join(lines)


def estimated(runs: Sequence[Run]) -> str:
    """What meetings by estimate take, and by fixes: medians over the rounds."""
    took = [median(run.percentile(percent) for run in runs) for percent in (50, 95)]
    fixes = [median(run.service_percentile(percent) for run in runs) for percent in (50, 95)]
    loaded = median(count for run in runs for count in run.loaded)
    loaded_by_fixes = median(count for run in runs for count in run.service_loaded)
    how = "remembered" if runs[0].kind in REMEMBERED else "by estimate"
    return (
        f"encounters of a {runs[0].kind.span} within {runs[0].kind.distance_m} m, p50 / p95: {how} "
        f"{milliseconds(took[0])} / {milliseconds(took[1])} ms from {loaded:,.0f} locations, by fixes "
        f"{milliseconds(fixes[0])} / {milliseconds(fixes[1])} ms from {loaded_by_fixes:,.0f}; "
        f"{median(run.ratio for run in runs):.2f} times as long."
    )


def times(part: Part, who: str, kind: Kind) -> str:
    p50, p95 = part.percentile(who, kind, 50), part.percentile(who, kind, 95)
    if p50 is None or p95 is None:
        return ""
    extrapolated = "≈ " if any(run.measured_queries for run in part.of(who, kind)) else ""
    return f"{extrapolated}{milliseconds(p50)} / {milliseconds(p95)}"


def milliseconds(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"  # noqa: PLR2004  three digits are enough


def more(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        for kind in (*MET, *REMEMBERED):
            if runs := part.of(ESTIMATE, kind):
                yield f"{part.name}: {estimated(runs)}"
        if part.agreed_questions:
            yield f"{part.name}: {part.agreed_questions} answers with {part.agreed_rows:,} rows agree with the peers'."
        if part.crowds:
            crowd = sorted(part.crowds, key=lambda crowd: crowd.efficiency)[len(part.crowds) // 2]
            yield (
                f"{part.name}: one client gets {crowd.one.requests_a_second:,.0f} requests/s at "
                f"{crowd.one.server_cpu_ms:.1f} ms of processor in the services and the database and "
                f"{crowd.one.client_cpu_ms:.1f} ms in the client; 16 clients get "
                f"{crowd.many.requests_a_second:,.0f} of the {crowd.possible:,.0f} that are possible, "
                f"each waiting {median(crowd.many.latency_ms):.0f} ms at the median."
            )
        if found := part.memory:
            yield (
                f"{part.name}: {found.question}: {found.rows:,} rows in {found.pages} pages, read in "
                f"{found.seconds:.0f} s; all processes together {found.all_processes_mb:.0f} MB, "
                f"the largest {found.largest_process_mb:.0f} MB."
            )
