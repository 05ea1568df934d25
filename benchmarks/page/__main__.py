"""python -m benchmarks.page [--quick]: how fast the page is in a real Chromium. See docs/benchmarks.md."""

import argparse
import sys
from pathlib import Path

from benchmarks.figures import verdict
from benchmarks.machine import machine
from benchmarks.page.browse import browse
from benchmarks.page.figures import figures
from benchmarks.page.people import prepare
from benchmarks.page.plan import FULL, QUICK
from benchmarks.page.report import write_report
from deployment.native.testing import own_system


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.page", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, a smaller crowd: within ten minutes")
    parser.add_argument("--out", type=Path, default=Path("var/benchmarks"), help="where the report goes")
    chosen = parser.parse_args()
    plan = QUICK if chosen.quick else FULL
    described = machine()
    with own_system() as environment:
        rounds = browse(environment, prepare(environment, plan), plan.rounds)
    found = list(figures(rounds, plan))
    write_report(chosen.out, rounds, found, described)
    return verdict(found)


if __name__ == "__main__":
    sys.exit(main())
