"""The times of which a person keeps private where they were: pauses, and what they have had forgotten.

Times are microseconds since 1970; a span is from its first one until before its second.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence

Span = tuple[int, int]
FOR_EVER_US = 2**63 - 1
"""The end of a pause that goes on."""


def by_person(spans: Iterable[tuple[int, int, int | None]]) -> dict[int, Sequence[Span]]:
    """Disjoint spans by person_id, from (person_id, first, end); the end is None of a pause that goes on."""
    found: dict[int, list[Span]] = defaultdict(list)
    for person_id, begin_us, end_us in spans:
        found[person_id].append((begin_us, FOR_EVER_US if end_us is None else end_us))
    return {person_id: disjoint(each) for person_id, each in found.items()}


def disjoint(spans: Iterable[Span]) -> Sequence[Span]:
    """The same times as spans in their order that do not touch."""
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def hide(spans: Sequence[Span], time_us: int) -> bool:
    """Whether one of these disjoint spans holds the instant."""
    before = bisect_right(spans, (time_us, FOR_EVER_US))
    return before > 0 and time_us < spans[before - 1][1]


def touch(spans: Sequence[Span], first_us: int, last_us: int) -> bool:
    """Whether one of these disjoint spans holds any instant of these and those between."""
    before = bisect_right(spans, (last_us, FOR_EVER_US))
    return before > 0 and first_us < spans[before - 1][1]
