"""Who may make which call. A bound token asks about its own person only; whom that person met it is told, by name."""

from typing import Final

from service_kit.access.rules import MEETINGS_READ, Rule, Rules
from service_kit.rest.access import persons_in_path

OF_PERSON: Final = Rule(MEETINGS_READ, persons_in_path)

RULES: Final[Rules] = {
    "GET /api/persons/{person_id}/connection": OF_PERSON,
    "GET /api/persons/{person_id}/encounters": OF_PERSON,
    "GET /api/persons/{person_id}/contacts": OF_PERSON,
    "GET /api/persons/{person_id}/locations": OF_PERSON,
    "GET /api/persons/{person_id}/way": OF_PERSON,
    "GET /api/persons/{person_id}/export": OF_PERSON,
}
