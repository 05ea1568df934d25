"""The REST resources: read the question, search, name the people, write the answer."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Response, request

from connection_service.people.known import KnownPeople
from connection_service.people.person_service import check_id
from connection_service.rest.answer_schemas import (
    ConnectionSchema,
    ContactSchema,
    EncounterOrSummarySchema,
    LocationSchema,
)
from connection_service.rest.answers import (
    Unnamed,
    connection_rows,
    contact_rows,
    encounter_rows,
    features,
    location_rows,
    meeting_rows,
    met_rows,
    with_people,
)
from connection_service.rest.query_schemas import (
    ConnectionQuerySchema,
    EncounterQuerySchema,
    MeetingQuerySchema,
    TrackQuerySchema,
)
from connection_service.rest.resources import FRESHNESS, PAGED, Locations, Store, listed, paged
from connection_service.rest.summary import summary_rows
from connection_service.rest.weave import Rows
from connection_service.search.estimate_pages import meeting_page, met_page, summary_page
from connection_service.search.pages import connection_page, contact_page, encounter_page
from connection_service.search.paging import Page, Shown
from connection_service.search.questions import (
    ConnectionQuestion,
    ContactEstimateQuestion,
    ContactQuestion,
    EncounterQuestion,
    EstimateQuestion,
    NearQuestion,
    SummaryQuestion,
    TrackQuestion,
)
from connection_service.simplify import simplify
from service_kit.errors import InvalidInput
from service_kit.rest.api import JSON, Resource, operation
from service_kit.rest.audit import answered_rows

GEOJSON = "application/geo+json"
PROBLEMS = (HTTPStatus.NOT_FOUND,)

Question = TypeVar("Question", bound=NearQuestion)


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
        write: Callable[[Shown], Unnamed],
    ) -> Response:
        check_id(person_id)
        check_distance(question, self.max_distance_m)
        with self.store.locations() as locations:
            freshness = locations.freshness(person_id, question.start_us)
            page = search(locations, person_id, question)
        people = self.people.ask_for_people_met(person_id, page.rows.person_id.tolist(), freshness.people)
        rows = with_people(write(page.rows), people())  # written while those are looked up who are not known
        return paged(person_id, question, rows, page.next_after, freshness)


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
        answer=EncounterOrSummarySchema(many=True),
        description="By started_at and person id; with summary, by period and person id",
        headers=PAGED,
        problems=PROBLEMS,
    )
    def get(self, person_id: int, query: dict[str, Any]) -> Response:
        """Meetings with others."""
        if query.pop("by_fixes"):
            return self.answer(person_id, EncounterQuestion(**query), encounter_page, encounter_rows)
        if "period" in query:
            summary = SummaryQuestion(**query)
            return self.answer(person_id, summary, summary_page, partial(summary_rows, period=summary.period))
        return self.answer(person_id, EstimateQuestion(**query), meeting_page, meeting_rows)


class ContactsResource(SearchResource):
    @operation(
        query=MeetingQuerySchema(),
        answer=ContactSchema(many=True),
        description="By duration_s, the longest first, and person id",
        headers=PAGED,
        problems=PROBLEMS,
    )
    def get(self, person_id: int, query: dict[str, Any]) -> Response:
        """Everybody met, and how often and how long."""
        if query.pop("by_fixes"):
            return self.answer(person_id, ContactQuestion(**query), contact_page, contact_rows)
        return self.answer(person_id, ContactEstimateQuestion(**query), met_page, met_rows)


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
        if request.accept_mimetypes.best_match([JSON, GEOJSON], JSON) == GEOJSON:
            response = collected(features(track))
        else:
            response = listed(location_rows(track))
        response.headers.update(freshness.header())
        return response


def collected(rows: Rows) -> Response:
    """The answer with these features and no others."""
    answered_rows().add(rows.size)
    return Response(b'{"type":"FeatureCollection","features":[' + rows.text + b"]}", mimetype=GEOJSON)


def check_distance(question: NearQuestion, max_distance_m: float) -> None:
    if question.distance_m > max_distance_m:
        raise InvalidInput([("distance", f"must be at most {max_distance_m:g}, is {question.distance_m:g}")])
