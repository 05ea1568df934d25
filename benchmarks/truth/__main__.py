"""python -m benchmarks.truth [--quick]: see docs/truth.md."""

import argparse
import sys
from pathlib import Path

from benchmarks.figures import verdict
from benchmarks.truth import pedestrians
from benchmarks.truth.figures import figures
from benchmarks.truth.measure import measure
from benchmarks.truth.plan import ORDINARY, PHONES, QUICK_SEEDS, REPORTED_SEEDS
from benchmarks.truth.report import cost, reliability_table, table, write_report
from benchmarks.truth.scene import scene


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.truth", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="one conference of each, and no peers: within three minutes"
    )
    parser.add_argument("--out", type=Path, default=Path("var/benchmarks"), help="where the report goes")
    chosen = parser.parse_args()
    seeds = QUICK_SEEDS if chosen.quick else REPORTED_SEEDS
    measured = measure(seeds, with_peers=not chosen.quick)
    walked = None
    if pedestrians.RECORDINGS.exists():
        walked = pedestrians.walked(seeds[0])
    else:
        print("pedestrians: skipped, the recordings are not part of the repository", file=sys.stderr)
    found = list(figures(measured, walked))
    ordinary = next(phones for phones in PHONES if phones.name == ORDINARY)
    write_report(chosen.out, measured, walked, found, scene(ordinary, seeds[0]))
    print(table(measured), reliability_table(measured), cost(measured), sep="\n\n", end="\n\n")
    return verdict(found)


if __name__ == "__main__":
    sys.exit(main())
