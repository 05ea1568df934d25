"""People as person_service tells of them."""

from collections.abc import Iterator
from typing import TypedDict

from udaconnect.person.v1.person_pb2 import BatchGetPersonsResponse


class Person(TypedDict):
    id: int
    first_name: str
    last_name: str
    company_name: str


def people_of(answer: BatchGetPersonsResponse) -> Iterator[Person]:
    for person in answer.persons:
        yield Person(
            id=person.id,
            first_name=person.first_name,
            last_name=person.last_name,
            company_name=person.company_name,
        )
