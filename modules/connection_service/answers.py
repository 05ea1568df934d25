"""Columns into the JSON that answer_schemas.py describes.

Rows about meetings are written as text, with the text of a person made once: 10,000 rows of connection take 15 ms,
where objects for each row and the library's encoder take 70 ms, and a marshmallow schema 125 ms more.
"""

import json
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring as text
from typing import Any, Final, NamedTuple

import numpy as np

from connection_service.certainty import NAMES, Certainties
from connection_service.encounters import Contacts, Encounters
from connection_service.fixes import Fixes, Floats, Ints
from connection_service.instants import SECOND_US, write_instants
from connection_service.near import Near
from connection_service.people import Person

Json = dict[str, Any]

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


def connection_rows(near: Near) -> list[Row]:
    columns = (
        near.person_id.tolist(),
        near.fixes.latitude.tolist(),
        near.fixes.longitude.tolist(),
        write_instants(near.fixes.time_us),
        _accuracies(near.fixes),
        _metres(near.distance_m),
        _seconds(near.time_gap_us),
        _names(near.certainty),
    )
    return [
        Row(
            who,
            f'{{"location":{{"person_id":{who},"latitude":{latitude},"longitude":{longitude},'
            f'"creation_time":"{time}","accuracy_m":{accuracy_m}}},"person":',
            f',"distance_m":{distance_m},"time_gap_s":{gap_s},"certainty":"{sure}"}}',
        )
        for who, latitude, longitude, time, accuracy_m, distance_m, gap_s, sure in zip(*columns, strict=True)
    ]


def encounter_rows(met: Encounters) -> list[Row]:
    columns = (
        met.person_id.tolist(),
        write_instants(met.started_us),
        write_instants(met.ended_us),
        _seconds(met.ended_us - met.started_us),
        _metres(met.closest_m),
        write_instants(met.closest_us),
        met.latitude.tolist(),
        met.longitude.tolist(),
        met.fixes.tolist(),
        _names(met.certainty),
    )
    rows = zip(*columns, strict=True)
    return [
        Row(
            who,
            '{"person":',
            f',"started_at":"{start}","ended_at":"{end}","duration_s":{duration_s},"closest_m":{closest_m},'
            f'"closest_at":"{closest}","place":{{"latitude":{latitude},"longitude":{longitude}}},'
            f'"fixes":{fixes},"certainty":"{sure}"}}',
        )
        for who, start, end, duration_s, closest_m, closest, latitude, longitude, fixes, sure in rows
    ]


def contact_rows(met: Contacts) -> list[Row]:
    columns = (
        met.person_id.tolist(),
        met.encounters.tolist(),
        _seconds(met.duration_us),
        _metres(met.closest_m),
        write_instants(met.first_met_us),
        write_instants(met.last_met_us),
    )
    return [
        Row(
            who,
            '{"person":',
            f',"encounters":{encounters},"duration_s":{duration_s},"closest_m":{closest_m},'
            f'"first_met_at":"{first}","last_met_at":"{last}"}}',
        )
        for who, encounters, duration_s, closest_m, first, last in zip(*columns, strict=True)
    ]


def location_rows(fixes: Fixes) -> list[Json]:
    columns = (
        fixes.person_id.tolist(),
        fixes.latitude.tolist(),
        fixes.longitude.tolist(),
        write_instants(fixes.time_us),
        map(json.loads, _accuracies(fixes)),
    )
    return [
        {
            "person_id": person_id,
            "latitude": latitude,
            "longitude": longitude,
            "creation_time": creation_time,
            "accuracy_m": accuracy_m,
        }
        for person_id, latitude, longitude, creation_time, accuracy_m in zip(*columns, strict=True)
    ]


def feature_collection(fixes: Fixes) -> Json:
    """RFC 7946."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [row.pop("longitude"), row.pop("latitude")]},
                "properties": row,
            }
            for row in location_rows(fixes)
        ],
    }


def _metres(metres: Floats) -> list[float]:
    rounded: list[float] = metres.round(MICROMETRES).tolist()
    return rounded


def _names(certainties: Certainties) -> list[str]:
    return [NAMES[certainty] for certainty in certainties.tolist()]


def _seconds(times_us: Ints) -> list[float]:
    seconds: list[float] = (times_us / SECOND_US).tolist()
    return seconds


def _accuracies(fixes: Fixes) -> list[str]:
    """As short as the stored float32 is: 4.2 and not 4.199999809265137. `null` for NaN."""
    values, which = np.unique(fixes.accuracy_m, return_inverse=True)
    texts = ["null" if text == "nan" else text for text in values.astype(str).tolist()]
    return [texts[index] for index in which.tolist()]
