"""The figures that are promised of queries, each with its target."""

from collections.abc import Iterator, Sequence
from statistics import median

from benchmarks.figures import Bound, Figure
from benchmarks.query.part import ESTIMATE, INDEX, PLAIN, SERVICE, SMALL_TOWN, STARTER, Part
from benchmarks.query.pedestrians import PROMISED_M, PROMISED_S, Row
from benchmarks.query.question import DAY, MET, MONTH, REMEMBERED, Kind

LEAST_ROWS, PLAIN_ROWS, MOST_ROWS = 1_000_000, 10_000_000, 20_000_000
NEARLY = 0.95  # a town's month has about as many locations as were asked for
ROWS_OF_MEMORY = 400_000


def figures(parts: Sequence[Part], walked: Sequence[Row] = ()) -> Iterator[Figure]:
    """Every figure that these parts, the smallest first, can tell; at the largest size that there is."""
    yield from of_service(parts)
    yield from of_estimates(parts)
    yield from of_peers(parts)
    for part in parts:
        yield from of_crowd_and_memory(part)
    for row in walked:
        if (row.distance_m, row.duration_s) == (PROMISED_M, PROMISED_S):
            yield Figure("recall of pedestrians, 4 s within 2 m", row.recall, Bound.AT_LEAST, 0.95)


def of_service(parts: Sequence[Part]) -> Iterator[Figure]:
    if by_day := having(parts, SERVICE, DAY):
        last = by_day[-1]
        remark = meant_for(MOST_ROWS, last)
        pairs = zip(last.of(SERVICE, DAY), last.of(INDEX, DAY), strict=True)
        ratio = median(ours.percentile(95) / bare.percentile(95) for ours, bare in pairs)
        yield Figure("day, p95: HTTP / bare index queries", ratio, Bound.AT_MOST, 2, remark=remark)
        p95 = last.percentile(SERVICE, DAY, 95)
        yield Figure("day, p95 over HTTP", p95, Bound.AT_MOST, 15, " ms", remark)
    if by_month := having(parts, SERVICE, MONTH):
        last = by_month[-1]
        p95 = last.percentile(SERVICE, MONTH, 95)
        yield Figure("month, p95 over HTTP", p95, Bound.AT_MOST, 150, " ms", meant_for(MOST_ROWS, last))
    if beside := having(parts, SMALL_TOWN, DAY):
        yield from growth(beside[-1])


def of_estimates(parts: Sequence[Part]) -> Iterator[Figure]:
    for kind in (*MET, *REMEMBERED):
        if not (measured := having(parts, ESTIMATE, kind)):
            continue
        last = measured[-1]
        asked, remark = f"encounters of a {kind.span} within {kind.distance_m} m", meant_for(MOST_ROWS, last)
        if kind.span == "day":
            p95 = last.percentile(ESTIMATE, kind, 95)
            how = "remembered" if kind in REMEMBERED else "by estimate"
            yield Figure(f"{asked} {how}, p95 over HTTP", p95, Bound.AT_MOST, 15, " ms", remark)
        elif kind in MET:
            ratio = median(run.percentile(95) / run.service_percentile(95) for run in last.of(ESTIMATE, kind))
            yield Figure(f"{asked}, p95: estimate / fixes", ratio, Bound.AT_MOST, 1.5, remark=remark)


def growth(part: Part) -> Iterator[Figure]:
    sizes = f"{part.small_town:,} to {part.locations:,} rows"
    meant = part.small_town >= NEARLY * LEAST_ROWS and part.locations >= NEARLY * MOST_ROWS
    remark = sizes if meant else f"{sizes}; the target is meant for {LEAST_ROWS:,} to {MOST_ROWS:,}"
    for kind in (DAY, MONTH):
        ratio = median(run.service_percentile(95) / run.percentile(95) for run in part.of(SMALL_TOWN, kind))
        yield Figure(f"{kind.span}, p95 over HTTP: growth", ratio, Bound.AT_MOST, 1.3, remark=remark)


def of_peers(parts: Sequence[Part]) -> Iterator[Figure]:
    if beside := having(parts, STARTER, DAY):
        for kind, target in ((DAY, 500), (MONTH, 10_000)):
            name = f"{kind.span}: starter's algorithm / HTTP"
            remark = meant_for(LEAST_ROWS, beside[-1])
            yield Figure(name, beside[-1].ratio(STARTER, kind), Bound.AT_LEAST, target, remark=remark)
    if beside := having(parts, PLAIN, DAY):
        remark = meant_for(PLAIN_ROWS, beside[-1])
        ratio = beside[-1].ratio(PLAIN, DAY)
        yield Figure("day: plain ST_DWithin / HTTP", ratio, Bound.AT_LEAST, 20, remark=remark)


def of_crowd_and_memory(part: Part) -> Iterator[Figure]:
    if part.crowds:
        efficiency = median(crowd.efficiency for crowd in part.crowds)
        yield Figure("day, 16 clients: requests/s / possible", efficiency, Bound.AT_LEAST, 0.7)
    if part.memory:
        rows = part.memory.rows
        remark = f"{rows:,} rows" + ("" if rows >= ROWS_OF_MEMORY else f"; meant for {ROWS_OF_MEMORY:,}")
        yield Figure("memory, a month at any time", part.memory.megabytes, Bound.AT_MOST, 300, " MB", remark)


def having(parts: Sequence[Part], who: str, kind: Kind) -> list[Part]:
    return [part for part in parts if part.of(who, kind)]


def meant_for(rows: int, part: Part) -> str:
    if NEARLY <= part.locations / rows <= 1 / NEARLY:
        return ""
    return f"at {part.locations:,} rows; the target is meant for {rows:,}"
