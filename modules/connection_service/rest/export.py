"""Everything that is known of a person, for that person to take away: one document, written as it is read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import chain, islice
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from flask import Response, request
from marshmallow import Schema, fields, validate

from connection_service.people.as_json import people_as_json
from connection_service.people.person_service import Directory, check_id, person_of_id
from connection_service.rest.answer_schemas import EncounterSchema, LocationSchema, PersonSchema
from connection_service.rest.answers import features, location_rows, meeting_rows, with_people
from connection_service.rest.query_schemas import DEFAULT_GAP_S
from connection_service.rest.weave import Rows
from proximity.estimated_meetings import EstimatedMeetings
from proximity.fixes import Fixes
from proximity.instants import SECOND_US
from service_kit.rest.api import JSON, Resource, operation
from service_kit.rest.audit import RowCount, answered_rows
from service_kit.rest.unfinished import whole_or_broken_off

FORMAT: Final = "udaconnect.export"
VERSION: Final = 1
GEOJSON: Final = "application/geo+json"

Shown = TypeVar("Shown")


class Store(Protocol):
    def history(self, person_id: int) -> Iterator[Fixes]:
        """All fixes of a person, by time, in portions. Raises DependencyDown."""

    def meeting_history(self, person_id: int, gap_us: int) -> Iterator[EstimatedMeetings]:
        """All meetings of a person that are remembered, in portions. Raises DependencyDown."""


class Part(NamedTuple):
    """An array of the document, and behind it how many rows it has."""

    name: str
    portions: Iterator[Rows]
    counted_as: str


class ExportSchema(Schema):
    format = fields.String(required=True, validate=validate.Equal(FORMAT))
    version = fields.Integer(required=True, metadata={"description": "Of the format."})
    exported_at = fields.String(required=True, metadata={"format": "date-time"})
    person = fields.Nested(PersonSchema, required=True)
    meetings = fields.List(
        fields.Nested(EncounterSchema),
        required=True,
        metadata={"description": "All that are remembered, as `encounters` has them."},
    )
    meeting_count = fields.Integer(required=True)
    locations = fields.List(fields.Nested(LocationSchema), required=True)
    location_count = fields.Integer(
        required=True, metadata={"description": "The last member: with it the document is complete."}
    )


class ExportResource(Resource):
    store: Store
    directory: Directory

    @operation(
        answer=ExportSchema(),
        description="The person, all meetings that are remembered, and all locations, by creation_time; as a"
        " FeatureCollection of points, with the same further members, if application/geo+json is accepted. What breaks"
        " off is not complete",
        problems=(HTTPStatus.NOT_FOUND,),
        produces=(JSON, GEOJSON),
    )
    def get(self, person_id: int) -> Response:
        """Everything that is known of a person."""
        check_id(person_id)
        person = person_of_id(self.directory, person_id)
        # A database that is down is noticed while there is still a status to say so.
        met = begun(self.store.meeting_history(person_id, DEFAULT_GAP_S * SECOND_US))
        fixes = begun(self.store.history(person_id))
        about = {
            "format": FORMAT,
            "version": VERSION,
            "exported_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "person": person,
        }
        as_geojson = request.accept_mimetypes.best_match([JSON, GEOJSON], JSON) == GEOJSON
        name, write = ("features", features) if as_geojson else ("locations", location_rows)
        parts = (
            Part("meetings", map(self._with_people, met), "meeting_count"),
            Part(name, map(write, fixes), "location_count"),
        )
        document = written({"type": "FeatureCollection", **about} if as_geojson else about, parts, answered_rows())
        file_name = f"person-{person_id}.{'geojson' if as_geojson else 'json'}"
        return Response(
            whole_or_broken_off(self._unless_erased_meanwhile(person_id, document)),
            mimetype=GEOJSON if as_geojson else JSON,
            headers={"Content-Disposition": f"attachment; filename={file_name}"},
        )

    def _with_people(self, met: EstimatedMeetings) -> Rows:
        people = self.directory.ask(sorted(set(met.person_id.tolist())))()
        return with_people(meeting_rows(met), people_as_json(people))

    def _unless_erased_meanwhile(self, person_id: int, document: Iterator[bytes]) -> Iterator[bytes]:
        """Hold the end back until it is sure that nothing has vanished: what is not whole must not look whole."""
        last = next(document)
        for piece in document:
            yield last
            last = piece
        person_of_id(self.directory, person_id)
        yield last


def begun(portions: Iterator[Shown]) -> Iterator[Shown]:
    """The same portions, of which the first is there already."""
    return chain([*islice(portions, 1)], portions)


def written(about: Mapping[str, Any], parts: Sequence[Part], rows: RowCount) -> Iterator[bytes]:
    """Write the document in pieces: `about`, and the parts."""
    yield json.dumps(about, ensure_ascii=False, separators=(",", ":"))[:-1].encode()
    for part in parts:
        yield f',"{part.name}":['.encode()
        count = 0
        for portion in part.portions:
            if portion.size:
                yield (b"," if count else b"") + portion.text
                count += portion.size
                rows.add(portion.size)
        yield f'],"{part.counted_as}":{count}'.encode() + (b"}\n" if part is parts[-1] else b"")
