"""The REST resources: read the question, search, name the people, write the answer."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

from flask import Response, request

from connection_service.people.known import KnownPeople
from connection_service.people.person_service import check_id
from connection_service.rest.answer_schemas import ConnectionSchema, ContactSchema, EncounterSchema, LocationSchema
from connection_service.rest.answers import (
    Row,
    connection_rows,
    contact_rows,
    encounter_rows,
    features,
    location_rows,
    with_people,
)
from connection_service.rest.query_schemas import (
    ConnectionQuerySchema,
    ContactQuerySchema,
    EncounterQuerySchema,
    TrackQuerySchema,
)
from connection_service.search import one_slice
from connection_service.search.pages import Page, Shown, connection_page, contact_page, encounter_page
from connection_service.search.questions import (
    ConnectionQuestion,
    ContactQuestion,
    EncounterQuestion,
    SearchQuestion,
    TrackQuestion,
)
from connection_service.simplify import simplify
from connection_service.store.freshness import DESCRIPTION, HEADER, Freshness
from proximity.fixes import Fixes
from service_kit.errors import InvalidInput
from service_kit.rest.api import JSON, Resource, operation
from service_kit.rest.audit import answered_rows
from service_kit.rest.cursor import encode_cursor, next_page

GEOJSON = "application/geo+json"
FRESHNESS = {HEADER: DESCRIPTION}
PAGED = {"Link": 'The next page, as rel="next"; absent on the last.', **FRESHNESS}
PROBLEMS = (HTTPStatus.NOT_FOUND,)

Question = TypeVar("Question", bound=SearchQuestion)


class Locations(one_slice.Locations, Protocol):
    def freshness(self, person_id: int, start_us: int) -> Freshness: ...


class Store(Protocol):
    """Where the locations are: LocationStore, or a test's own."""

    def locations(self) -> AbstractContextManager[Locations]:
        """For the time of one question."""

    def history(self, person_id: int) -> Iterator[Fixes]:
        """All fixes of one person, by time, in portions."""


class SearchResource(Resource):
    """What the three answers about meetings have in common."""

    store: Store
    people: KnownPeople
    max_distance_m: float

    def answer(
        self,
        person_id: int,
        question: Question,
        search: Callable[[Locations, int, Question], Page[Shown]],
        write: Callable[[Shown], list[Row]],
    ) -> Response:
        check_id(person_id)
        check_distance(question, self.max_distance_m)
        with self.store.locations() as locations:
            freshness = locations.freshness(person_id, question.start_us)
            page = search(locations, person_id, question)
        people = self.people.ask_for_people_met(person_id, page.rows.person_id.tolist(), freshness.people)
        rows = with_people(write(page.rows), people())  # written while those are looked up who are not known
        after = page.next_after
        answered_rows().add(len(rows))
        response = Response(f"[{','.join(rows)}]", mimetype=JSON)
        response.headers.update(next_page(encode_cursor(*question.cursor_at(person_id, after)) if after else None))
        response.headers.update(freshness.header())
        return response


class ConnectionResource(SearchResource):
    @operation(
        query=ConnectionQuerySchema(),
        answer=ConnectionSchema(many=True),
        description="By creation_time and person_id, or by distance",
        headers=PAGED,
        problems=PROBLEMS,
    )
    def get(self, person_id: int, query: dict[str, Any]) -> Response:
        """Locations of others that were near."""
        return self.answer(person_id, ConnectionQuestion(**query), connection_page, connection_rows)


class EncountersResource(SearchResource):
    @operation(
        query=EncounterQuerySchema(),
        answer=EncounterSchema(many=True),
        description="By started_at and person id",
        headers=PAGED,
        problems=PROBLEMS,
    )
    def get(self, person_id: int, query: dict[str, Any]) -> Response:
        """Meetings with others."""
        return self.answer(person_id, EncounterQuestion(**query), encounter_page, encounter_rows)


class ContactsResource(SearchResource):
    @operation(
        query=ContactQuerySchema(),
        answer=ContactSchema(many=True),
        description="By duration_s, the longest first, and person id",
        headers=PAGED,
        problems=PROBLEMS,
    )
    def get(self, person_id: int, query: dict[str, Any]) -> Response:
        """Everybody met, and how often and how long."""
        return self.answer(person_id, ContactQuestion(**query), contact_page, contact_rows)


class LocationsResource(Resource):
    store: Store
    people: KnownPeople

    @operation(
        query=TrackQuerySchema(),
        answer=LocationSchema(many=True),
        description="By creation_time; as a FeatureCollection of points if application/geo+json is accepted",
        headers=FRESHNESS,
        problems=PROBLEMS,
        produces=(JSON, GEOJSON),
    )
    def get(self, person_id: int, query: dict[str, Any]) -> Response:
        """Where the person was."""
        question = TrackQuestion(**query)
        check_id(person_id)
        with self.store.locations() as locations:
            freshness = locations.freshness(person_id, question.start_us)
            track = locations.track(person_id, question.start_us, question.end_us)
        self.people.ask_for_people_met(person_id, (), freshness.people)()
        track = simplify(track, question.max_points)
        answered_rows().add(track.size)
        if request.accept_mimetypes.best_match([JSON, GEOJSON], JSON) == GEOJSON:
            collection = f'{{"type":"FeatureCollection","features":[{",".join(features(track))}]}}'
            response = Response(collection, mimetype=GEOJSON)
        else:
            response = Response(f"[{','.join(location_rows(track))}]", mimetype=JSON)
        response.headers.update(freshness.header())
        return response


def check_distance(question: SearchQuestion, max_distance_m: float) -> None:
    if question.distance_m > max_distance_m:
        raise InvalidInput([("distance", f"must be at most {max_distance_m:g}, is {question.distance_m:g}")])
