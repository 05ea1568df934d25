"""The names of people, remembered: person_service is asked about those who are not known yet.

A person never changes, and an id is never given out twice: what was said of a person holds until that person is erased.
A question reads from the database which people there are (freshness.sql), a text that every erasure changes; what was
remembered under another text is forgotten. So nobody is named who was erased before the question read that text:

- Whoever is remembered under a text was asked for after it had been read, and was there then.
- Had the person been erased since then, before the question read the text, it would have read another one.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from connection_service.people.as_json import people_as_json
from connection_service.people.person_service import Directory
from service_kit.errors import NotFound

MOST: Final = 50_000  # persons, some 15 MB; then all are forgotten

# Waits for those of the persons that exist, as JSON, perhaps among others. Raises DependencyDown.
Named = Callable[[], Mapping[int, str]]


class Memory(NamedTuple):
    people: str
    known: dict[int, str]


class KnownPeople:
    """For all threads of a process."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._memory = Memory("", {})

    def ask_for_people_met(self, person_id: int, others: Iterable[int], people: str) -> Named:
        """Ask for the others, in the one call that also tells whether the person asked about exists.

        `people` says which people there are. What is returned waits for the answer. It raises DependencyDown, and
        NotFound where that person does not exist.
        """
        asked = self.ask_for_people([person_id, *others], people)

        def people_met() -> Mapping[int, str]:
            known = asked()
            if person_id not in known:
                raise NotFound(f"person {person_id}")
            return known

        return people_met

    def ask_for_people(self, ids: Iterable[int], people: str) -> Named:
        """Ask for these. What is returned waits for those who are there: to look up, not to go through.

        It raises DependencyDown.
        """
        memory = self._memory
        if memory.people != people or len(memory.known) > MOST:
            memory = self._memory = Memory(people, {})
        known = memory.known
        unknown = sorted(set(ids).difference(known))
        asked = self._directory.ask(unknown) if unknown else None

        def people_known() -> Mapping[int, str]:
            if asked:
                known.update(people_as_json(asked()))
            return known

        return people_known
