"""Columns into the JSON that answer_schemas.py describes.

Rows about meetings are written as text, with the text of a person made once: 10,000 rows of connection take 15 ms,
where objects for each row and the library's encoder take 70 ms, and a marshmallow schema 125 ms more.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from connection_service.certainty import NAMES, Certainties
from connection_service.encounters import Contacts, Encounters
from connection_service.fixes import Fixes, Floats, Ints
from connection_service.instants import SECOND_US, write_instants
from connection_service.near import Near
from connection_service.people import Person

Json = dict[str, Any]

WRITE: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
MICROMETRES: Final = 6  # decimals of a metre


def connection_rows(near: Near, people: Mapping[int, Person]) -> list[str]:
    """Rows of persons that person_service no longer knows are left out: they are being erased."""
    written = _written(people)
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
        f'{{"location":{{"person_id":{person_id},"latitude":{latitude},"longitude":{longitude},'
        f'"creation_time":"{time}","accuracy_m":{accuracy_m}}},"person":{person},'
        f'"distance_m":{distance_m},"time_gap_s":{gap_s},"certainty":"{sure}"}}'
        for person_id, latitude, longitude, time, accuracy_m, distance_m, gap_s, sure in zip(*columns, strict=True)
        if (person := written.get(person_id))
    ]


def encounter_rows(met: Encounters, people: Mapping[int, Person]) -> list[str]:
    """Likewise."""
    written = _written(people)
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
        f'{{"person":{person},"started_at":"{start}","ended_at":"{end}","duration_s":{duration_s},'
        f'"closest_m":{closest_m},"closest_at":"{closest}","place":{{"latitude":{latitude},"longitude":{longitude}}},'
        f'"fixes":{fixes},"certainty":"{sure}"}}'
        for who, start, end, duration_s, closest_m, closest, latitude, longitude, fixes, sure in rows
        if (person := written.get(who))
    ]


def contact_rows(met: Contacts, people: Mapping[int, Person]) -> list[str]:
    """Likewise."""
    written = _written(people)
    columns = (
        met.person_id.tolist(),
        met.encounters.tolist(),
        _seconds(met.duration_us),
        _metres(met.closest_m),
        write_instants(met.first_met_us),
        write_instants(met.last_met_us),
    )
    return [
        f'{{"person":{person},"encounters":{encounters},"duration_s":{duration_s},"closest_m":{closest_m},'
        f'"first_met_at":"{first}","last_met_at":"{last}"}}'
        for person_id, encounters, duration_s, closest_m, first, last in zip(*columns, strict=True)
        if (person := written.get(person_id))
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


def _written(people: Mapping[int, Person]) -> dict[int, str]:
    return {person_id: WRITE(person) for person_id, person in people.items()}


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
