from dataclasses import replace

import pytest

from connection_service.questions import ConnectionQuestion, EncounterQuestion, Key
from service_kit.errors import InvalidInput

QUESTION = ConnectionQuestion(start_us=0, end_us=10, distance_m=5.0, window_us=None, limit=2, cursor=None)


def test_the_first_page_starts_nowhere() -> None:
    assert QUESTION.after(7) is None


def test_a_cursor_leads_to_the_key_it_was_made_of_whatever_the_limit() -> None:
    cursor = QUESTION.cursor_at(7, Key(5, 3))
    assert replace(QUESTION, limit=100, cursor=cursor).after(7) == Key(5, 3)


@pytest.mark.parametrize(
    ("person_id", "other"),
    [
        (8, QUESTION),
        (7, replace(QUESTION, distance_m=6.0)),
        (7, replace(QUESTION, window_us=0)),
        (7, EncounterQuestion(**vars(QUESTION), gap_us=None, min_duration_us=0)),
    ],
)
def test_the_cursor_of_another_question_is_refused(person_id: int, other: ConnectionQuestion) -> None:
    cursor = QUESTION.cursor_at(7, Key(5, 3))
    with pytest.raises(InvalidInput, match="cursor belongs to another question"):
        replace(other, cursor=cursor).after(person_id)
