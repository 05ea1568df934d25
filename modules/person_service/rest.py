"""The REST resource /api/persons."""

from http import HTTPStatus
from typing import Any

from flask import Flask
from prometheus_client import CollectorRegistry

from person_service.access import REST_RULES
from person_service.devices.pairing import Pairing
from person_service.devices.resources import add_devices
from person_service.people import People, PersonRow
from person_service.schemas import NewPersonSchema, PersonSchema, PersonsQuerySchema
from person_service.sharing.private_spans import PrivateSpans
from person_service.sharing.resources import add_sharing
from service_kit.access.rules import Gate
from service_kit.rest.api import Answer, Resource, operation
from service_kit.rest.app import create_rest_app
from service_kit.rest.audit import audit
from service_kit.rest.cursor import encode_cursor, next_page

PERSONS = "/api/persons"


class Persons(Resource):
    people: People

    @operation(
        query=PersonsQuerySchema(),
        answer=PersonSchema(many=True),
        description="A page of persons, ordered by id",
        headers={"Link": 'The next page, rel="next"; absent on the last one.'},
    )
    def get(self, query: dict[str, Any]) -> Answer:
        """List persons, or search by name."""
        (after,) = query["cursor"] or (0,)
        page = self.people.list_page(q=query["q"], limit=query["limit"], after=after)
        cursor = None if page.next_after is None else encode_cursor(page.next_after)
        return Answer(page.persons, next_page(cursor))

    @operation(
        body=NewPersonSchema(),
        answer=PersonSchema(),
        status=HTTPStatus.CREATED,
        description="The person, with the id given to it",
        headers={"Location": "The path of the new person."},
    )
    def post(self, body: dict[str, str]) -> Answer:
        """Add a person."""
        person = self.people.create(**body)
        return Answer(person, {"Location": f"{PERSONS}/{person.id}"})


class OnePerson(Resource):
    people: People

    @operation(answer=PersonSchema(), description="The person", problems=(HTTPStatus.NOT_FOUND,))
    def get(self, person_id: int) -> PersonRow:
        """Get one person."""
        return self.people.get(person_id)

    @operation(
        status=HTTPStatus.NO_CONTENT,
        description="Nothing of the person is left, and nothing will come back",
        problems=(HTTPStatus.NOT_FOUND,),
    )
    def delete(self, person_id: int) -> None:
        """Erase a person: the name, all locations, all meetings, and locations still on their way."""
        self.people.erase(person_id)


def create_app(
    people: People,
    pairing: Pairing,
    gateway_url: str,
    registry: CollectorRegistry | None = None,
    gate: Gate | None = None,
) -> Flask:
    app, api = create_rest_app(
        title="UdaConnect persons",
        description="Who is there.",
        tag="persons",
        check=people.check,
        registry=registry,
        gate=gate,
        rules=REST_RULES,
    )
    api.add(Persons, PERSONS, people=people)
    api.add(OnePerson, f"{PERSONS}/<int(signed=True):person_id>", people=people)
    add_devices(api, pairing, gateway_url)
    add_sharing(api, PrivateSpans(people.engine))
    audit(app, {"DELETE", "POST", "PUT"})
    return app
