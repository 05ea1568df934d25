"""Columns into the JSON that answer_schemas.py describes, with the text of a person made once."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from connection_service.rest.json_columns import instants, metres, numbers, seconds, shares
from connection_service.rest.weave import Column, Rows, texts, woven
from proximity.certainty import NAMES
from proximity.encounters import Contacts, Encounters
from proximity.estimated_contacts import EstimatedContacts
from proximity.estimated_meetings import EstimatedMeetings
from proximity.fixes import Fixes
from proximity.near_fixes import NearFixes

LOCATION: Final = (
    b'{"person_id":%person_id,"latitude":%latitude,"longitude":%longitude,"creation_time":%creation_time,'
    b'"accuracy_m":%accuracy_m}'
)
FEATURE: Final = (
    b'{"type":"Feature","geometry":{"type":"Point","coordinates":[%longitude,%latitude]},'
    b'"properties":{"person_id":%person_id,"creation_time":%creation_time,"accuracy_m":%accuracy_m}}'
)
CONNECTION: Final = (
    b'{"location":' + LOCATION + b',"person":%person,"distance_m":%distance_m,"time_gap_s":%time_gap_s,'
    b'"certainty":"%certainty"}'
)
ENCOUNTER: Final = (
    b'{"person":%person,"started_at":%started_at,"ended_at":%ended_at,"duration_s":%duration_s,'
    b'"closest_m":%closest_m,"closest_at":%closest_at,"place":{"latitude":%latitude,"longitude":%longitude},'
    b'"fixes":%fixes,"certainty":"%certainty"}'
)
CONTACT: Final = (
    b'{"person":%person,"encounters":%encounters,"duration_s":%duration_s,"closest_m":%closest_m,'
    b'"first_met_at":%first_met_at,"last_met_at":%last_met_at}'
)
MEETING: Final = (
    b'{"person":%person,"started_at":%started_at,"ended_at":%ended_at,"duration_s":%duration_s,'
    b'"closest_m":%closest_m,"closest_sd_m":%closest_sd_m,"closest_at":%closest_at,'
    b'"place":{"latitude":%latitude,"longitude":%longitude},"probability":%probability,"fixes":%fixes,'
    b'"own_fixes":%own_fixes}'
)
MET: Final = (
    b'{"person":%person,"encounters":%encounters,"duration_s":%duration_s,"closest_m":%closest_m,'
    b'"closest_sd_m":%closest_sd_m,"probability":%probability,"first_met_at":%first_met_at,'
    b'"last_met_at":%last_met_at}'
)


class Unnamed(NamedTuple):
    """Rows that wait for the texts of their people, for %person."""

    template: bytes
    person_id: list[int]
    columns: Mapping[str, Column]


def with_people(rows: Unnamed, people: Mapping[int, str]) -> Rows:
    """With each person's own text. Leaves out rows of persons whom person_service no longer knows: they are erased."""
    named = [*map(people.get, rows.person_id)]
    known = [person for person in named if person is not None]
    columns = rows.columns
    if len(known) < len(named):
        columns = {name: column.at([person is not None for person in named]) for name, column in columns.items()}
    return woven(rows.template, len(known), person=texts(known), **columns)


def connection_rows(near: NearFixes) -> Unnamed:
    columns = {
        **_location_columns(near.fixes),
        "distance_m": metres(near.distance_m),
        "time_gap_s": seconds(near.time_gap_us),
        "certainty": texts([NAMES[certainty] for certainty in near.certainty.tolist()]),
    }
    return Unnamed(CONNECTION, near.person_id.tolist(), columns)


def encounter_rows(met: Encounters) -> Unnamed:
    columns = {
        "started_at": instants(met.started_us),
        "ended_at": instants(met.ended_us),
        "duration_s": seconds(met.ended_us - met.started_us),
        "closest_m": metres(met.closest_m),
        "closest_at": instants(met.closest_us),
        "latitude": numbers(met.latitude),
        "longitude": numbers(met.longitude),
        "fixes": numbers(met.fixes),
        "certainty": texts([NAMES[certainty] for certainty in met.certainty.tolist()]),
    }
    return Unnamed(ENCOUNTER, met.person_id.tolist(), columns)


def contact_rows(met: Contacts) -> Unnamed:
    columns = {
        "encounters": numbers(met.encounters),
        "duration_s": seconds(met.duration_us),
        "closest_m": metres(met.closest_m),
        "first_met_at": instants(met.first_met_us),
        "last_met_at": instants(met.last_met_us),
    }
    return Unnamed(CONTACT, met.person_id.tolist(), columns)


def meeting_rows(met: EstimatedMeetings) -> Unnamed:
    columns = {
        "started_at": instants(met.started_us),
        "ended_at": instants(met.ended_us),
        "duration_s": seconds(met.duration_us),
        "closest_m": metres(met.closest_m),
        "closest_sd_m": metres(met.closest_sd_m),
        "closest_at": instants(met.closest_us),
        "latitude": numbers(met.latitude),
        "longitude": numbers(met.longitude),
        "probability": shares(met.probability),
        "fixes": numbers(met.other_fixes),
        "own_fixes": numbers(met.own_fixes),
    }
    return Unnamed(MEETING, met.person_id.tolist(), columns)


def met_rows(met: EstimatedContacts) -> Unnamed:
    columns = {
        "encounters": numbers(met.meetings),
        "duration_s": seconds(met.duration_us),
        "closest_m": metres(met.closest_m),
        "closest_sd_m": metres(met.closest_sd_m),
        "probability": shares(met.probability),
        "first_met_at": instants(met.first_met_us),
        "last_met_at": instants(met.last_met_us),
    }
    return Unnamed(MET, met.person_id.tolist(), columns)


def location_rows(fixes: Fixes) -> Rows:
    return woven(LOCATION, fixes.size, **_location_columns(fixes))


def features(fixes: Fixes) -> Rows:
    """Of a FeatureCollection, RFC 7946."""
    return woven(FEATURE, fixes.size, **_location_columns(fixes))


def _location_columns(fixes: Fixes) -> dict[str, Column]:
    return {
        "person_id": numbers(fixes.person_id),
        "latitude": numbers(fixes.latitude),
        "longitude": numbers(fixes.longitude),
        "creation_time": instants(fixes.time_us),
        "accuracy_m": numbers(fixes.accuracy_m),
    }
