from dataclasses import replace
from typing import Any

import pytest

from connection_service.search.questions import (
    ConnectionQuestion,
    ContactEstimateQuestion,
    ContactQuestion,
    EncounterQuestion,
    EstimateQuestion,
    PagedQuestion,
)
from service_kit.errors import InvalidInput

COMMON: dict[str, Any] = {
    "start_us": 0,
    "end_us": 10,
    "distance_m": 5.0,
    "window_us": None,
    "include_possible": False,
    "interpolate": False,
    "limit": 2,
    "cursor": None,
}
QUESTION = ConnectionQuestion(**COMMON, by_distance=False)
MEETINGS: dict[str, Any] = {"gap_us": None, "min_duration_us": 0}


def test_the_first_page_starts_nowhere() -> None:
    assert QUESTION.after(7) is None


def test_a_cursor_leads_to_the_key_it_was_made_of_whatever_the_limit() -> None:
    cursor = QUESTION.cursor_at(7, (0, 5, 3))
    assert replace(QUESTION, limit=100, cursor=cursor).after(7) == (0, 5, 3)


@pytest.mark.parametrize(
    ("person_id", "other"),
    [
        (8, QUESTION),
        (7, replace(QUESTION, distance_m=6.0)),
        (7, replace(QUESTION, window_us=0)),
        (7, replace(QUESTION, by_distance=True)),
        (7, replace(QUESTION, include_possible=True)),
        (7, replace(QUESTION, interpolate=True)),
        (7, EncounterQuestion(**COMMON, **MEETINGS)),
    ],
)
def test_the_cursor_of_another_question_is_refused(person_id: int, other: ConnectionQuestion) -> None:
    cursor = QUESTION.cursor_at(7, (0, 5, 3))
    with pytest.raises(InvalidInput, match="cursor belongs to another question"):
        replace(other, cursor=cursor).after(person_id)


ESTIMATE: dict[str, Any] = {
    "start_us": 0, "end_us": 10, "distance_m": 5.0, "limit": 2, "cursor": None,
    "gap_us": 30, "min_duration_us": 0, "min_probability": 0.5,
}  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (EncounterQuestion(**COMMON, **MEETINGS), ContactQuestion(**COMMON, **MEETINGS)),
        (EstimateQuestion(**ESTIMATE), ContactEstimateQuestion(**ESTIMATE)),
        (EstimateQuestion(**ESTIMATE), EncounterQuestion(**COMMON, **MEETINGS)),
        (EstimateQuestion(**ESTIMATE), EstimateQuestion(**ESTIMATE | {"min_probability": 0.6})),
    ],
)
def test_the_cursors_of_encounters_and_contacts_and_of_the_methods_are_not_mixed_up(
    one: PagedQuestion, other: PagedQuestion
) -> None:
    cursor = one.cursor_at(7, (5, 3))
    assert replace(one, cursor=cursor).after(7) == (5, 3)
    with pytest.raises(InvalidInput):
        replace(other, cursor=cursor).after(7)
