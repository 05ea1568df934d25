"""What is remembered of people, and what an erasure makes of it."""

import json
from collections.abc import Callable

import pytest

from connection_service.people import known as known_people
from connection_service.people.known import KnownPeople
from connection_service.people.person_service import Asked
from service_kit.errors import DependencyDown, NotFound
from tests.unit.connection_service.memory import MemoryDirectory


@pytest.fixture
def directory() -> MemoryDirectory:
    return MemoryDirectory()


@pytest.fixture
def people(directory: MemoryDirectory) -> KnownPeople:
    return KnownPeople(directory)


def test_nobody_is_asked_for_twice(directory: MemoryDirectory, people: KnownPeople) -> None:
    assert {1, 2, 3} <= people.ask_for_people_met(1, [2, 3, 2], "all")().keys()
    assert {2, 3, 4} <= people.ask_for_people_met(2, [3, 4], "all")().keys()
    assert {1, 4} <= people.ask_for_people_met(4, [1], "all")().keys()
    assert directory.calls == [[1, 2, 3], [4]]


def test_who_is_known_is_named_while_person_service_is_away(directory: MemoryDirectory, people: KnownPeople) -> None:
    people.ask_for_people_met(1, [2], "all")()
    directory.down = True
    assert json.loads(people.ask_for_people_met(2, [1], "all")()[1])["first_name"] == "First 1"
    with pytest.raises(DependencyDown):
        people.ask_for_people_met(2, [3], "all")()


def test_after_an_erasure_everybody_is_asked_for_again(directory: MemoryDirectory, people: KnownPeople) -> None:
    people.ask_for_people_met(1, [2], "all")()
    directory.known.remove(2)
    assert sorted(people.ask_for_people_met(1, [2], "all but one")()) == [1]
    with pytest.raises(NotFound, match="person 2"):
        people.ask_for_people_met(2, [1], "all but one")()


def test_who_was_not_found_is_looked_for_the_next_time(directory: MemoryDirectory, people: KnownPeople) -> None:
    directory.known.remove(1)
    with pytest.raises(NotFound):
        people.ask_for_people_met(1, [], "all")()
    directory.known.add(1)
    assert sorted(people.ask_for_people_met(1, [], "all")()) == [1]


def test_what_was_asked_before_an_erasure_is_not_remembered_after_it(
    directory: MemoryDirectory, monkeypatch: pytest.MonkeyPatch, people: KnownPeople
) -> None:
    def held_back(ask: Callable[[list[int]], Asked], ids: list[int]) -> Asked:
        answer = ask(ids)()
        return lambda: answer

    ask = directory.ask
    monkeypatch.setattr(directory, "ask", lambda ids: held_back(ask, ids))
    slow = people.ask_for_people_met(1, [2], "all")  # answered, and not read yet
    directory.known.remove(2)
    assert sorted(people.ask_for_people_met(1, [], "all but one")()) == [1]
    slow()
    assert sorted(people.ask_for_people_met(1, [2], "all but one")()) == [1]


def test_memory_is_bounded(directory: MemoryDirectory, monkeypatch: pytest.MonkeyPatch, people: KnownPeople) -> None:
    monkeypatch.setattr(known_people, "MOST", 2)
    people.ask_for_people_met(1, [2, 3], "all")()
    people.ask_for_people_met(1, [2, 3], "all")()
    assert directory.calls == [[1, 2, 3]] * 2
