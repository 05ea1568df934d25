"""The answers are the same, or there are no figures."""

from collections.abc import Mapping

from benchmarks.query.over_http import Row, Service, near_fixes
from benchmarks.query.peers.plain import Plain
from benchmarks.query.peers.starter import Starter
from benchmarks.query.question import Question

# Chords and geodesics differ by a micrometre at 1 km, and the service writes micrometres.
EDGE_M = 1e-5
NAMES_SHOWN = 3


class DisagreementError(Exception):
    """Somebody's answer is wrong: whatever was measured is worth nothing."""


def all_pages(service: Service, question: Question) -> dict[Row, float]:
    return near_fixes([row for answer in service.pages(question) for row in answer.rows()])


def with_plain(service: Service, plain: Plain, question: Question) -> int:
    """Row for row, and metre for metre. Returns the number of rows. Raises DisagreementError."""
    found = all_pages(service, question)
    compare(found, plain.distances(question), question.kind.distance_m, str(question))
    return len(found)


def with_starter(service: Service, starter: Starter, question: Question) -> int:
    """Row for row, once its repetitions are left out; for any time apart, since it knows no other. Likewise."""
    found = all_pages(service, question)
    compare_rows(found, starter.ask(question).found, question.kind.distance_m, str(question))
    return len(found)


def compare(found: Mapping[Row, float], expected: Mapping[Row, float], distance_m: float, about: str) -> None:
    """`expected` may hold more than is within the distance; what is within EDGE_M of it may be found or not."""
    missing = {row for row, metres in expected.items() if metres <= distance_m - EDGE_M} - found.keys()
    extra = {row for row in found if expected.get(row, distance_m + 1) > distance_m + EDGE_M}
    wrong = {row for row in found.keys() & expected.keys() if abs(found[row] - expected[row]) > EDGE_M}
    for what, rows in (("missing", missing), ("not to be there", extra), ("at another distance", wrong)):
        if rows:
            raise DisagreementError(f"{about}: {len(rows)} rows {what}, such as {sorted(rows)[:NAMES_SHOWN]}")


def compare_rows(found: Mapping[Row, float], expected: set[Row], distance_m: float, about: str) -> None:
    """Of rows that only one of the two has, those are wrong that are not on the edge; a missing one has no distance."""
    extra = {row for row in found.keys() - expected if found[row] < distance_m - EDGE_M}
    missing = expected - found.keys()
    if extra or missing:
        raise DisagreementError(f"{about}: {len(missing)} rows missing, {len(extra)} not to be there")
