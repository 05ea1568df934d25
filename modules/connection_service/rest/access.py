"""Who may make which call. A bound token asks about its own person only; whom that person met it is told, by name."""

from collections.abc import Mapping
from typing import Final

from service_kit.access.rules import INTRODUCTIONS_READ, MEETINGS_READ, Rule, Rules
from service_kit.rest.access import persons_in_path

OF_PERSON: Final = Rule(MEETINGS_READ, persons_in_path)


def only_of_caller(_path_variables: Mapping[str, int]) -> list[int]:
    """Groups: a bound token is answered with those that its person was in (groups.py)."""
    return []


RULES: Final[Rules] = {
    "GET /api/persons/{person_id}/connection": OF_PERSON,
    "GET /api/persons/{person_id}/encounters": OF_PERSON,
    "GET /api/persons/{person_id}/contacts": OF_PERSON,
    # It tells of meetings that the person was not in.
    "GET /api/persons/{person_id}/introductions": Rule(MEETINGS_READ, persons_in_path, INTRODUCTIONS_READ),
    "GET /api/groups": Rule(MEETINGS_READ, only_of_caller),
    "GET /api/persons/{person_id}/locations": OF_PERSON,
    "GET /api/persons/{person_id}/way": OF_PERSON,
    "GET /api/persons/{person_id}/export": OF_PERSON,
}
