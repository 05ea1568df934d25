"""What is left of a run: a table for people, JSON for programs, plots for the documentation."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.truth.figures import promised
from benchmarks.truth.measure import OURS, Measured
from benchmarks.truth.pedestrians import Walked
from benchmarks.truth.plot import by_accuracy, one_pair
from benchmarks.truth.scene import Scene
from benchmarks.truth.score import Score


def table(measured: Sequence[Measured]) -> str:
    """A Markdown table: what each says of each kind of phones."""
    lines = [
        "| phones | | found / true | P | R | F1 | IoU | duration | closest_m |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in measured:
        for number, (name, score) in enumerate(row.scores.items()):
            phones = "" if number else row.phones.name
            shown = f"**{name}**" if name == OURS else name
            lines.append(f"| {phones} | {shown} | {_cells(score)} |")
    return "\n".join(lines)


def _cells(score: Score) -> str:
    return (
        f"{score.found:,} / {score.true:,} | {score.precision:.2f} | {score.recall:.2f} | {score.f1:.3f} | "
        f"{score.iou:.3f} | {100 * score.duration_bias:+.0f} % | {score.closest_bias_m:+.2f} m"
    )


def reliability_table(measured: Sequence[Measured]) -> str:
    score = promised(measured)
    lines = ["| said | true | meetings |", "|---:|---:|---:|"]
    lines += [f"| {said:.2f} | {right:.2f} | {count:,} |" for said, right, count in score.reliability()]
    return "\n".join([*lines, "", f"Brier score {score.brier:.3f}, calibration error {score.calibration_error:.3f}."])


def cost(measured: Sequence[Measured]) -> str:
    return "Microseconds a fix: " + ", ".join(f"{row.phones.name} {row.microseconds:.1f}" for row in measured) + "."


def write_report(
    folder: Path,
    measured: Sequence[Measured],
    walked: Walked | None,
    found: Sequence[Figure],
    example: Scene,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    document: Mapping[str, object] = {
        "figures": [figure.document() for figure in found],
        "scores": {
            row.phones.name: {
                name: {key: getattr(score, key) for key in ("precision", "recall", "f1", "iou", "brier")}
                for name, score in row.scores.items()
            }
            for row in measured
        },
        "pedestrians": asdict(walked) if walked else None,
    }
    (folder / "truth.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    lines = "".join(f"{figure.line()}\n" for figure in found)
    text = f"{table(measured)}\n\n{reliability_table(measured)}\n\n{cost(measured)}\n\n```\n{lines}```\n"
    (folder / "truth.md").write_text(text)
    (folder / "truth-accuracy.svg").write_text(by_accuracy(measured))
    (folder / "truth-pair.svg").write_text(one_pair(example))
