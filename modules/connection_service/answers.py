"""Columns into the JSON that answer_schemas.py describes.

The rows are built here, not by marshmallow: 10,000 of them take 14 ms, to which a schema would add 125 ms.
"""

from collections.abc import Mapping
from typing import Any

from connection_service.fixes import Fixes, Ints
from connection_service.instants import SECOND_US, write_instants
from connection_service.people import Person
from connection_service.search import ConnectionPage, EncounterPage

Json = dict[str, Any]

MICROMETRES = 6  # decimals of a metre


def connection_rows(page: ConnectionPage, people: Mapping[int, Person]) -> list[Json]:
    """Rows of persons that person_service no longer knows are left out: they are being erased."""
    locations = location_rows(page.fixes)
    distances = page.distance_m.round(MICROMETRES).tolist()
    gaps = _seconds(page.time_gap_us)
    return [
        {"location": location, "person": person, "distance_m": distance_m, "time_gap_s": gap_s}
        for location, distance_m, gap_s in zip(locations, distances, gaps, strict=True)
        if (person := people.get(location["person_id"]))
    ]


def encounter_rows(page: EncounterPage, people: Mapping[int, Person]) -> list[Json]:
    """Likewise."""
    found = page.meetings
    columns = (
        found.person_id.tolist(),
        write_instants(found.started_us),
        write_instants(found.ended_us),
        _seconds(found.ended_us - found.started_us),
        found.closest_m.round(MICROMETRES).tolist(),
        write_instants(page.closest.time_us),
        page.closest.latitude.tolist(),
        page.closest.longitude.tolist(),
        found.fixes.tolist(),
    )
    return [
        {
            "person": person,
            "started_at": started_at,
            "ended_at": ended_at,
            "duration_s": duration_s,
            "closest_m": closest_m,
            "closest_at": closest_at,
            "place": {"latitude": latitude, "longitude": longitude},
            "fixes": fixes,
        }
        for person_id, started_at, ended_at, duration_s, closest_m, closest_at, latitude, longitude, fixes in zip(
            *columns, strict=True
        )
        if (person := people.get(person_id))
    ]


def location_rows(fixes: Fixes) -> list[Json]:
    columns = (
        fixes.person_id.tolist(),
        fixes.latitude.tolist(),
        fixes.longitude.tolist(),
        write_instants(fixes.time_us),
        _accuracies(fixes),
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


def _seconds(times_us: Ints) -> list[float]:
    seconds: list[float] = (times_us / SECOND_US).tolist()
    return seconds


def _accuracies(fixes: Fixes) -> list[float | None]:
    """As short as the stored float32 is: 4.2 and not 4.199999809265137. None for NaN."""
    texts = fixes.accuracy_m.astype(str)
    return [None if text == "nan" else float(text) for text in texts.tolist()]
