"""The REST resources: read the question, search, name the people, write the answer."""

import json
from http import HTTPStatus
from typing import Any

from flask import Response, request

from connection_service.answer_schemas import ConnectionSchema, EncounterSchema, LocationSchema
from connection_service.answers import connection_rows, encounter_rows, feature_collection, location_rows
from connection_service.people import Directory, check_id, people_met
from connection_service.query_schemas import ConnectionQuerySchema, EncounterQuerySchema, TrackQuerySchema
from connection_service.questions import ConnectionQuestion, EncounterQuestion, Key, TrackQuestion
from connection_service.search import Store, connections, meetings
from connection_service.simplify import simplify
from service_kit.errors import InvalidInput
from service_kit.rest_api import JSON, Resource, operation
from service_kit.rest_cursor import encode_cursor, next_page

GEOJSON = "application/geo+json"
LINK = {"Link": 'The next page, as rel="next"; absent on the last.'}
PROBLEMS = (HTTPStatus.NOT_FOUND,)


class ConnectionResource(Resource):
    store: Store
    directory: Directory
    max_distance_m: float

    @operation(
        query=ConnectionQuerySchema(),
        answer=ConnectionSchema(many=True),
        description="By creation_time and person_id",
        headers=LINK,
        problems=PROBLEMS,
    )
    def get(self, person_id: int, query: dict[str, Any]) -> Response:
        """Locations of others that were near."""
        question = ConnectionQuestion(**query)
        check_id(person_id)
        check_distance(question, self.max_distance_m)
        page = connections(self.store, person_id, question)
        people = people_met(self.directory, person_id, page.fixes.person_id.tolist())
        return json_page(connection_rows(page, people), person_id, question, page.next_after)


class EncountersResource(Resource):
    store: Store
    directory: Directory
    max_distance_m: float

    @operation(
        query=EncounterQuerySchema(),
        answer=EncounterSchema(many=True),
        description="By started_at and person id",
        headers=LINK,
        problems=PROBLEMS,
    )
    def get(self, person_id: int, query: dict[str, Any]) -> Response:
        """Meetings with others."""
        question = EncounterQuestion(**query)
        check_id(person_id)
        check_distance(question, self.max_distance_m)
        page = meetings(self.store, person_id, question)
        people = people_met(self.directory, person_id, page.meetings.person_id.tolist())
        return json_page(encounter_rows(page, people), person_id, question, page.next_after)


class LocationsResource(Resource):
    store: Store
    directory: Directory

    @operation(
        query=TrackQuerySchema(),
        answer=LocationSchema(many=True),
        description="By creation_time; as a FeatureCollection of points if application/geo+json is accepted",
        problems=PROBLEMS,
        produces=(JSON, GEOJSON),
    )
    def get(self, person_id: int, query: dict[str, Any]) -> Response:
        """Where the person was."""
        question = TrackQuestion(**query)
        check_id(person_id)
        track = self.store.track(person_id, question.start_us, question.end_us)
        people_met(self.directory, person_id, ())
        track = simplify(track, question.max_points)
        if request.accept_mimetypes.best_match([JSON, GEOJSON], JSON) == GEOJSON:
            return json_response(feature_collection(track), GEOJSON)
        return json_response(location_rows(track))


def check_distance(question: ConnectionQuestion, max_distance_m: float) -> None:
    if question.distance_m > max_distance_m:
        raise InvalidInput([("distance", f"must be at most {max_distance_m:g}, is {question.distance_m:g}")])


def json_page(rows: list[dict[str, Any]], person_id: int, question: ConnectionQuestion, after: Key | None) -> Response:
    response = json_response(rows)
    response.headers.update(next_page(encode_cursor(*question.cursor_at(person_id, after)) if after else None))
    return response


def json_response(content: object, mimetype: str = JSON) -> Response:
    return Response(json.dumps(content, ensure_ascii=False, separators=(",", ":")), mimetype=mimetype)
