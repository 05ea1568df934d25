"""Where a person most likely was, and how sure that is: the resource, and how its rows are written."""

from http import HTTPStatus
from typing import Any, Final

import numpy as np
from flask import Response

from connection_service.people.known import KnownPeople
from connection_service.people.person_service import check_id
from connection_service.rest.answer_schemas import WayPieceSchema
from connection_service.rest.json_columns import instants, metres, numbers
from connection_service.rest.query_schemas import WayQuerySchema
from connection_service.rest.resources import PAGED, Store, paged
from connection_service.rest.weave import Column, Rows, woven
from connection_service.search.estimate_pages import way_page
from connection_service.search.questions import WayQuestion
from proximity.fixes import Floats
from proximity.geocentric import geodetic
from proximity.ways import Ways, placed
from service_kit.rest.api import Resource, operation

DEGREES: Final = 9  # decimals: a tenth of a millimetre

PIECE: Final = (
    b'{"started_at":%started_at,"ended_at":%ended_at,'
    b'"start":{"latitude":%start_latitude,"longitude":%start_longitude,"sd_m":%start_sd_m},'
    b'"end":{"latitude":%end_latitude,"longitude":%end_longitude,"sd_m":%end_sd_m},'
    b'"middle_sd_m":%middle_sd_m,"is_stay":%is_stay}'
)


class WayResource(Resource):
    store: Store
    people: KnownPeople

    @operation(
        query=WayQuerySchema(),
        answer=WayPieceSchema(many=True),
        description="By started_at",
        headers=PAGED,
        problems=(HTTPStatus.NOT_FOUND,),
    )
    def get(self, person_id: int, query: dict[str, Any]) -> Response:
        """Where the person most likely was, and how sure that is."""
        question = WayQuestion(**query)
        check_id(person_id)
        with self.store.locations() as locations:
            freshness = locations.freshness(person_id, question.start_us)
            page = way_page(locations, person_id, question)
        self.people.ask_for_people_met(person_id, (), freshness.people)()
        return paged(person_id, question, piece_rows(page.rows), page.next_after, freshness)


def piece_rows(way: Ways) -> Rows:
    """Pieces of a way."""
    middle = placed(way, (way.start_us + way.end_us) / 2)
    return woven(
        PIECE,
        way.size,
        started_at=instants(way.start_us),
        ended_at=instants(way.end_us),
        **_place("start", way.start, way.start_m2),
        **_place("end", way.end, way.end_m2),
        middle_sd_m=metres(np.sqrt(middle.variance_m2)),
        is_stay=numbers(way.is_stay),
    )


def _place(name: str, points: Floats, variance_m2: Floats) -> dict[str, Column]:
    latitude, longitude = geodetic(points)
    return {
        f"{name}_latitude": numbers(latitude.round(DEGREES)),
        f"{name}_longitude": numbers(longitude.round(DEGREES)),
        f"{name}_sd_m": metres(np.sqrt(variance_m2)),
    }
