"""Everything that is known of a person, for that person to take away: one document, written as it is read."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import chain
from typing import Any, Final, Protocol

from flask import Response, request
from marshmallow import Schema, fields, validate

from connection_service.people.person_service import Directory, check_id, person_of_id
from connection_service.rest.answer_schemas import LocationSchema, PersonSchema
from connection_service.rest.answers import features, location_rows
from proximity.fixes import Fixes
from service_kit.rest.api import JSON, Resource, operation
from service_kit.rest.audit import RowCount, answered_rows

FORMAT: Final = "udaconnect.export"
VERSION: Final = 1
GEOJSON: Final = "application/geo+json"


class Store(Protocol):
    def history(self, person_id: int) -> Iterator[Fixes]:
        """All fixes of a person, by time, in portions. Raises DependencyDown."""


class ExportSchema(Schema):
    format = fields.String(required=True, validate=validate.Equal(FORMAT))
    version = fields.Integer(required=True, metadata={"description": "Of the format."})
    exported_at = fields.String(required=True, metadata={"format": "date-time"})
    person = fields.Nested(PersonSchema, required=True)
    locations = fields.List(fields.Nested(LocationSchema), required=True)
    location_count = fields.Integer(
        required=True, metadata={"description": "The last member: with it the document is complete."}
    )


class ExportResource(Resource):
    store: Store
    directory: Directory

    @operation(
        answer=ExportSchema(),
        description="The person and all locations, by creation_time; as a FeatureCollection of points, with the same"
        " further members, if application/geo+json is accepted. What breaks off is not complete",
        problems=(HTTPStatus.NOT_FOUND,),
        produces=(JSON, GEOJSON),
    )
    def get(self, person_id: int) -> Response:
        """Everything that is known of a person."""
        check_id(person_id)
        person = person_of_id(self.directory, person_id)
        portions = self.store.history(person_id)
        first = next(portions, None)  # a database that is down is noticed while there is still a status to say so
        everything = chain([] if first is None else [first], portions)
        about = {
            "format": FORMAT,
            "version": VERSION,
            "exported_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "person": person,
        }
        as_geojson = request.accept_mimetypes.best_match([JSON, GEOJSON], JSON) == GEOJSON
        document = (
            written({"type": "FeatureCollection", **about}, "features", features, everything, answered_rows())
            if as_geojson
            else written(about, "locations", location_rows, everything, answered_rows())
        )
        name = f"person-{person_id}.{'geojson' if as_geojson else 'json'}"
        return Response(
            self._unless_erased_meanwhile(person_id, document),
            mimetype=GEOJSON if as_geojson else JSON,
            headers={"Content-Disposition": f"attachment; filename={name}"},
        )

    def _unless_erased_meanwhile(self, person_id: int, document: Iterator[str]) -> Iterator[str]:
        """Hold the end back until it is sure that nothing has vanished: what is not whole must not look whole."""
        last = next(document)
        for piece in document:
            yield last
            last = piece
        person_of_id(self.directory, person_id)
        yield last


def written(
    about: Mapping[str, Any], name: str, write: Callable[[Fixes], list[str]], portions: Iterator[Fixes], rows: RowCount
) -> Iterator[str]:
    """Write the document in pieces: `about`, under `name` what `write` makes of the portions, and their number."""
    yield f'{json.dumps(about, ensure_ascii=False, separators=(",", ":"))[:-1]},"{name}":['
    count = 0
    for portion in portions:
        yield ("," if count else "") + ",".join(write(portion))
        count += portion.size
        rows.add(portion.size)
    yield f'],"location_count":{count}}}\n'
