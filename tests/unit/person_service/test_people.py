"""What needs no database; the rest is in tests/integration/person_service."""

import pytest
from sqlalchemy import create_engine

from person_service.people import People, escaped
from service_kit.errors import InvalidInput, NotFound


@pytest.fixture
def people() -> People:
    """People whose database would refuse: whoever asks it fails the test."""
    return People(create_engine("postgresql+psycopg2://nobody@127.0.0.1:1/nothing"))


@pytest.mark.parametrize("person_id", [0, -1, 2**63, 2**64, -(2**70)])
def test_an_id_that_no_person_can_have_is_not_looked_up(people: People, person_id: int) -> None:
    with pytest.raises(NotFound, match=f"person {person_id} does not exist"):
        people.get(person_id)


def test_a_batch_of_nobody_is_not_looked_up(people: People) -> None:
    assert people.get_many([]) == []


def test_a_batch_has_an_end(people: People) -> None:
    with pytest.raises(InvalidInput, match="ids must be at most 10,000, are 10,001"):
        people.get_many(range(1, 10_002))


@pytest.mark.parametrize(("word", "pattern"), [("50%", "50\\%"), ("a_b", "a\\_b"), ("c\\d", "c\\\\d"), ("Ada", "Ada")])
def test_the_wildcards_of_like_lose_their_meaning(word: str, pattern: str) -> None:
    assert escaped(word) == pattern
