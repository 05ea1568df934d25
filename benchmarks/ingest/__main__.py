"""python -m benchmarks [--quick] [NAME …]: see docs/benchmarks.md."""

import argparse
import sys
from pathlib import Path

from benchmarks.figures import figures, verdict
from benchmarks.ingest.accounting import AccountingError
from benchmarks.ingest.plan import FULL, NAMES, QUICK
from benchmarks.ingest.run import measure
from benchmarks.machine import machine
from benchmarks.report import table, write_report
from benchmarks.stores import stores
from deployment.native.run import exit_on_signals


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"what to measure, by default all: {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="small sizes: within five minutes")
    parser.add_argument("--out", type=Path, default=Path("var/benchmarks"), help="where the report goes")
    chosen = parser.parse_args()
    if unknown := set(chosen.names) - set(NAMES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")

    exit_on_signals()
    described = machine()
    try:
        with stores() as running:
            measured = measure(running, QUICK if chosen.quick else FULL, frozenset(chosen.names or NAMES))
    except AccountingError as error:
        print(f"The accounting is wrong: {error}", file=sys.stderr)
        return 1
    found = list(figures(measured))
    write_report(chosen.out, measured, found, described)
    print(table(measured), "\n")
    return verdict(found)


if __name__ == "__main__":
    sys.exit(main())
