"""python -m benchmarks.nodes [--quick]: a store of many nodes beside one PostgreSQL; see docs/benchmarks.md."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.figures import verdict
from benchmarks.machine import machine
from benchmarks.nodes.figures import figures
from benchmarks.nodes.measure import Asked, Measured, Stored
from benchmarks.nodes.plan import FULL, NONE, QUICK
from benchmarks.nodes.report import table, write_report
from deployment.native import citus
from deployment.native.run import exit_on_signals


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.nodes", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, one round, without one and four workers")
    parser.add_argument("--out", type=Path, default=Path("var/benchmarks"), help="where the report goes")
    chosen = parser.parse_args()
    if not citus.is_used():
        parser.error("CITUS_PG_BIN names no folder of PostgreSQL's programs that have Citus: see CONTRIBUTING.md")
    exit_on_signals()
    described = machine()
    plan = QUICK if chosen.quick else FULL
    rounds = [{workers: of_store(workers, quick=chosen.quick) for workers in plan.workers} for _ in range(plan.rounds)]
    found = list(figures(rounds))
    write_report(chosen.out, rounds, found, described)
    print(table(rounds), "\n")
    return verdict(found)


def of_store(workers: int, *, quick: bool) -> Measured:
    """Measured by a process of its own: which store there is, its environment says."""
    command = [sys.executable, "-m", "benchmarks.nodes.measure", *(["--quick"] if quick else [])]
    print(f"A store of {workers} workers" if workers else "One PostgreSQL", file=sys.stderr, flush=True)
    done = subprocess.run(command, env=environment(workers), check=True, stdout=subprocess.PIPE, text=True)
    seen = json.loads(done.stdout.splitlines()[-1])
    measured = Measured(seen["workers"], Stored(**seen["stored"]), [Asked(**asked) for asked in seen["asked"]])
    print(f"{measured.stored.rate:,.0f} locations/s stored", file=sys.stderr, flush=True)
    return measured


def environment(workers: int) -> Mapping[str, str]:
    if workers == NONE:
        return {name: value for name, value in os.environ.items() if name != "CITUS_PG_BIN"}
    return os.environ | {"CITUS_WORKERS": str(workers)}


if __name__ == "__main__":
    sys.exit(main())
