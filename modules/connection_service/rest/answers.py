"""Columns into the JSON that answer_schemas.py describes.

It is written as text, column by column, and with the text of a person made once: 10,000 rows of connection take 10 ms,
where objects for each row and the library's encoder take 70 ms, and a marshmallow schema 125 ms more.
"""

from collections.abc import Iterator, Mapping, Sequence
from json.encoder import encode_basestring as text
from typing import Any, Final, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from connection_service.people.person_service import Person
from proximity.certainty import NAMES, Certainties
from proximity.encounters import Contacts, Encounters
from proximity.fixes import Fixes, Floats, Ints
from proximity.instants import SECOND_US
from proximity.near_fixes import NearFixes

MICROMETRES: Final = 6  # decimals of a metre


class Row(NamedTuple):
    """One row of JSON, but for the person in it."""

    person_id: int
    before: str
    after: str


def with_people(rows: Sequence[Row], people: Mapping[int, Person]) -> list[str]:
    """Leave out rows of persons that person_service no longer knows: they are being erased."""
    written = {
        person_id: f'{{"id":{person_id},"first_name":{text(person["first_name"])},'
        f'"last_name":{text(person["last_name"])},"company_name":{text(person["company_name"])}}}'
        for person_id, person in people.items()
    }
    return [f"{before}{written[person_id]}{after}" for person_id, before, after in rows if person_id in written]


def connection_rows(near: NearFixes) -> list[Row]:
    columns = (
        near.person_id.tolist(),
        location_rows(near.fixes),
        _metres(near.distance_m),
        _seconds(near.time_gap_us),
        _names(near.certainty),
    )
    return [
        Row(
            who,
            f'{{"location":{location},"person":',
            f',"distance_m":{distance_m},"time_gap_s":{gap_s},"certainty":"{sure}"}}',
        )
        for who, location, distance_m, gap_s, sure in zip(*columns, strict=True)
    ]


def encounter_rows(met: Encounters) -> list[Row]:
    columns = (
        met.person_id.tolist(),
        _instants(met.started_us),
        _instants(met.ended_us),
        _seconds(met.ended_us - met.started_us),
        _metres(met.closest_m),
        _instants(met.closest_us),
        _numbers(met.latitude),
        _numbers(met.longitude),
        _numbers(met.fixes),
        _names(met.certainty),
    )
    rows = zip(*columns, strict=True)
    return [
        Row(
            who,
            '{"person":',
            f',"started_at":{start},"ended_at":{end},"duration_s":{duration_s},"closest_m":{closest_m},'
            f'"closest_at":{closest},"place":{{"latitude":{latitude},"longitude":{longitude}}},'
            f'"fixes":{fixes},"certainty":"{sure}"}}',
        )
        for who, start, end, duration_s, closest_m, closest, latitude, longitude, fixes, sure in rows
    ]


def contact_rows(met: Contacts) -> list[Row]:
    columns = (
        met.person_id.tolist(),
        _numbers(met.encounters),
        _seconds(met.duration_us),
        _metres(met.closest_m),
        _instants(met.first_met_us),
        _instants(met.last_met_us),
    )
    return [
        Row(
            who,
            '{"person":',
            f',"encounters":{encounters},"duration_s":{duration_s},"closest_m":{closest_m},'
            f'"first_met_at":{first},"last_met_at":{last}}}',
        )
        for who, encounters, duration_s, closest_m, first, last in zip(*columns, strict=True)
    ]


def location_rows(fixes: Fixes) -> list[str]:
    return [
        f'{{"person_id":{who},"latitude":{latitude},"longitude":{longitude},'
        f'"creation_time":{time},"accuracy_m":{accuracy_m}}}'
        for who, latitude, longitude, time, accuracy_m in _location_columns(fixes)
    ]


def features(fixes: Fixes) -> list[str]:
    """Of a FeatureCollection, RFC 7946."""
    return [
        f'{{"type":"Feature","geometry":{{"type":"Point","coordinates":[{longitude},{latitude}]}},'
        f'"properties":{{"person_id":{who},"creation_time":{time},"accuracy_m":{accuracy_m}}}}}'
        for who, latitude, longitude, time, accuracy_m in _location_columns(fixes)
    ]


def _location_columns(fixes: Fixes) -> Iterator[tuple[str, ...]]:
    return zip(
        _numbers(fixes.person_id),
        _numbers(fixes.latitude),
        _numbers(fixes.longitude),
        _instants(fixes.time_us),
        _numbers(fixes.accuracy_m),
        strict=True,
    )


def _numbers(column: NDArray[Any]) -> list[str]:
    """As short as they can be said in their type: a float32 is 4.2 and not 4.199999809265137. `null` for NaN."""
    return _texts(column, orjson.OPT_SERIALIZE_NUMPY)


def _instants(times_us: Ints) -> list[str]:
    """RFC 3339 in UTC, in quotes, with six decimals of the second or none. Until the last but one day of 9999."""
    utc = orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z
    return _texts(times_us.view("datetime64[us]"), orjson.OPT_SERIALIZE_NUMPY | utc)


def _texts(column: NDArray[Any], how: int) -> list[str]:
    return orjson.dumps(np.ascontiguousarray(column), option=how)[1:-1].decode().split(",") if column.size else []


def _metres(metres: Floats) -> list[str]:
    return _numbers(metres.round(MICROMETRES))


def _seconds(times_us: Ints) -> list[str]:
    return _numbers(times_us / SECOND_US)


def _names(certainties: Certainties) -> list[str]:
    return [NAMES[certainty] for certainty in certainties.tolist()]
