"""Who was together, three and more at once: from the meetings that are remembered."""

from typing import Final, NamedTuple, Protocol

import numpy as np

from connection_service.search.questions import GroupQuestion, Key
from connection_service.store.meetings import Remembered
from proximity.network.cliques import TooMuchWork
from proximity.network.groups import NO_PAIRS, Group, PairMeetings, groups
from proximity.windows import WINDOW_US
from service_kit.errors import InvalidInput

MOST_MEETINGS: Final = 500_000  # rows, two for each two who met in a window; 40 MB
MOST_STEPS: Final = 10_000_000  # some seconds


class Locations(Protocol):
    def settled(self, first: int, until: int) -> Remembered: ...

    def pair_meetings(self, start_us: int, until_us: int, person_id: int | None, max_rows: int) -> PairMeetings: ...


class GroupPage(NamedTuple):
    rows: list[Group]
    next_after: Key | None  # None: the last page


def pair_meetings(locations: Locations, question: GroupQuestion) -> PairMeetings:
    """What is settled of the range, cut at its ends. Raises InvalidInput, and what `locations` raises."""
    known = locations.settled(question.start_us // WINDOW_US, question.end_us // WINDOW_US + 1)
    start_us = max(question.start_us, known.first * WINDOW_US)
    until_us = min(question.end_us + 1, known.until * WINDOW_US)
    if start_us >= until_us:
        return NO_PAIRS
    met = locations.pair_meetings(start_us, until_us, question.person_id, MOST_MEETINGS)
    if met.size > MOST_MEETINGS:
        narrower = "fewer days" if question.person_id else "fewer days, or for the groups of one person (person_id)"
        reason = f"is too far away: more than {MOST_MEETINGS:,} meetings of two to look at; ask for {narrower}"
        raise InvalidInput([("end_date", reason)])
    met = met.at(~np.isin(met.started_us // WINDOW_US, known.due))
    return met._replace(
        started_us=np.maximum(met.started_us, question.start_us), ended_us=np.minimum(met.ended_us, question.end_us)
    )


def group_page(met: PairMeetings, question: GroupQuestion) -> GroupPage:
    """One page of the groups, by their start; of equal starts the longest first. `met` is `by_pair()`.

    Raises InvalidInput.
    """
    after = question.after(question.person_id or 0)
    try:
        found = groups(met, question.gap_us, question.min_people, question.min_duration_us, MOST_STEPS)
    except TooMuchWork as error:
        reason = (
            "is too short: more groups than can be told apart; ask for a longer one, for more min_people, or for a"
            " shorter range"
        )
        raise InvalidInput([("min_duration", reason)]) from error
    if question.person_id is not None:
        found = [group for group in found if question.person_id in group.members]
    keys = _keys(found)
    rest = [place for place, key in enumerate(keys) if after is None or key > after]
    shown = rest[: question.limit]
    return GroupPage([found[place] for place in shown], keys[shown[-1]] if len(rest) > len(shown) else None)


def _keys(found: list[Group]) -> list[Key]:
    """The start of each, and its number among those with the same start."""
    keys: list[Key] = []
    for group in found:
        number = keys[-1][1] + 1 if keys and keys[-1][0] == group.started_us else 0
        keys.append((group.started_us, number))
    return keys
