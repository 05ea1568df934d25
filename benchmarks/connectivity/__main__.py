"""python -m benchmarks.connectivity [--quick]: what it costs to remember meetings; see docs/benchmarks.md."""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from benchmarks.connectivity.answers import answers
from benchmarks.connectivity.beside import beside_a_finder
from benchmarks.connectivity.settling import conference, killed, settle, town
from benchmarks.connectivity.told import Told, told
from benchmarks.connectivity.walkers import ABSENT, Walked, walked
from benchmarks.figures import Bound, Figure, verdict
from benchmarks.machine import machine
from benchmarks.stores import Stores, stores
from deployment.native.run import exit_on_signals


def measure(stores: Stores, *, quick: bool) -> list[Figure]:
    people, parts, meetings, asked = (200, 4, 1_000_000, 50) if quick else (1000, 17, 20_000_000, 300)
    a_month = 5_000_000 if quick else 20_000_000
    at_most = Bound.AT_MOST
    print(f"Settling a conference of {people:,}.", flush=True)
    hall = settle(stores, conference(people, minutes=60))
    print(f"{hall.fixes:,} locations, {hall.rows:,} rows: {hall.finder_s:.1f} s. Settling a day of a town.", flush=True)
    spread = settle(stores, town(a_month))
    print(f"{spread.fixes:,} locations: {spread.finder_s:.1f} s. Killing finders.", flush=True)
    kills, differing = killed(stores, parts)
    print(f"{kills} kills. Storing beside a finder.", flush=True)
    beside = beside_a_finder(stores, people)
    print(f"{beside.own_core:.2f}. Asking, with {meetings:,} meetings.", flush=True)
    latencies = answers(stores, meetings, asked)
    pairs = walked(stores)
    if pairs is None:
        print(f"Who walked together is not looked for: {ABSENT}.", flush=True)
    shared = f"the finder on a core of its own; {beside.all_shared:.3g} where all share all cores"
    return [
        Figure("settling 1,000 locations of a person in a hall", hall.of_a_day_ms, at_most, 10, " ms", hall.remark),
        Figure("settling 1,000 of one in a town", spread.of_a_day_ms, at_most, 10, " ms", spread.remark),
        Figure("storing beside a finder / without", beside.own_core, Bound.AT_LEAST, 0.9, remark=shared),
        Figure("rows other than without kills -9 of finders", differing, at_most, 0, remark=f"{kills} kills"),
        Figure("a month of meetings / the cheapest question", latencies.month / latencies.cheapest, at_most, 1.5),
        Figure("a year of meetings / the cheapest question", latencies.year / latencies.cheapest, at_most, 3),
        Figure("a year added up by day / the cheapest question", latencies.summary / latencies.cheapest, at_most, 3),
        Figure("a year of meetings, p95", latencies.year, at_most, 10, " ms", f"{latencies.meetings_a_year:,} rows"),
        *([] if pairs is None else [of_groups(pairs)]),
    ]


def of_groups(pairs: Walked) -> Figure:
    remark = f"of {len(pairs.together)} pairs; precision {pairs.precision:.3g}"
    return Figure("groups: pairs that walked together, recall", pairs.recall, Bound.AT_LEAST, 0.9, remark=remark)


def of_live(heard: Told) -> list[Figure]:
    after_s = np.sort(heard.after_s)
    p99 = float(np.percentile(after_s, 99)) if not heard.unheard else float("inf")
    half = f"median {np.median(after_s):.3g} s; {heard.unheard} unheard"
    return [
        Figure("begin of a meeting -> event at a listener, p99", p99, Bound.AT_MOST, 5, " s", half),
        Figure("a stream with 1,000 listeners", heard.memory_mb, Bound.AT_MOST, 200, " MB"),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.connectivity", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smaller hall, and fewer meetings")
    parser.add_argument("--out", type=Path, default=Path("var/benchmarks"), help="where the report goes")
    chosen = parser.parse_args()
    exit_on_signals()
    described = machine()
    with stores(with_kafka=False) as in_use:
        found = measure(in_use, quick=chosen.quick)
    print("Telling 1,000 people that they meet.", flush=True)
    found += of_live(told())
    chosen.out.mkdir(parents=True, exist_ok=True)
    report = {"machine": described, "figures": {figure.name: figure.value for figure in found}}
    (chosen.out / "connectivity.json").write_text(json.dumps(report, indent=1))
    return verdict(found)


if __name__ == "__main__":
    sys.exit(main())
