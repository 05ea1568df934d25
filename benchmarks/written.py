"""What is left of a run: NAME.md with a table for people, NAME.json for programs."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.figures import Figure


def write(  # noqa: PLR0913, PLR0917  each is a part of the report
    folder: Path,
    name: str,
    table: str,
    figures: Sequence[Figure],
    machine: Mapping[str, str],
    measured: Mapping[str, object],
) -> None:
    """`measured`: what else JSON is to hold, by its name there."""
    folder.mkdir(parents=True, exist_ok=True)
    described = "".join(f"- {what}: {value}\n" for what, value in machine.items())
    lines = "".join(f"{figure.line()}\n" for figure in figures)
    (folder / f"{name}.md").write_text(f"{described}\n{table}\n\n```\n{lines}```\n")
    document = {"machine": machine, "figures": [figure.document() for figure in figures], **measured}
    (folder / f"{name}.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
