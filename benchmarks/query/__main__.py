"""python -m benchmarks.query [--quick] [NAME …]: see docs/benchmarks.md."""

import argparse
import shutil
import sys
from pathlib import Path

from benchmarks.figures import verdict
from benchmarks.query import pedestrians
from benchmarks.query.figures import figures
from benchmarks.query.measure import measure
from benchmarks.query.part import save, saved
from benchmarks.query.peers.agreement import DisagreementError
from benchmarks.query.plan import FULL, QUICK
from benchmarks.query.report import latency_table, write_report
from benchmarks.stores import stores
from deployment.native.run import exit_on_signals


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.query", description=__doc__)
    names = ", ".join([*(plan.name for plan in FULL), pedestrians.NAME])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"what to measure, by default all: {names}")
    parser.add_argument("--quick", action="store_true", help="small sizes: within five minutes")
    parser.add_argument("--out", type=Path, default=Path("var/benchmarks"), help="where the report goes")
    chosen = parser.parse_args()
    plans = {plan.name: plan for plan in (QUICK if chosen.quick else FULL)}
    known = [pedestrians.NAME] if pedestrians.RECORDINGS.exists() else []  # they are no part of the repository
    known += plans
    if unknown := set(chosen.names) - set(known):
        parser.error(f"not to be had: {', '.join(sorted(unknown))}; there are {', '.join(known)}")

    exit_on_signals()
    folder = chosen.out / "query" / ("quick" if chosen.quick else "full")
    if not chosen.names:
        shutil.rmtree(folder, ignore_errors=True)
    try:
        with stores(with_kafka=False) as running:
            for name in chosen.names or known:
                if name == pedestrians.NAME:
                    print("pedestrians: everybody's encounters are asked for", file=sys.stderr, flush=True)
                    pedestrians.save_rows(pedestrians.pedestrians(running), chosen.out)
                else:
                    save(measure(running, plans[name]), folder)
    except DisagreementError as error:
        print(f"The answers disagree: {error}", file=sys.stderr)
        return 1
    parts = saved(folder)  # those of earlier runs too: one may measure a size at a time
    found = list(figures(parts, pedestrians.saved_rows(chosen.out)))
    write_report(chosen.out, parts, found)
    print(latency_table(parts), "\n")
    return verdict(found)


if __name__ == "__main__":
    sys.exit(main())
