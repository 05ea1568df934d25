"""Columns into the JSON that answer_schemas.py describes.

It is written as text, column by column, and with the text of a person made once: 10,000 rows of connection take 10 ms,
where objects for each row and the library's encoder take 70 ms, and a marshmallow schema 125 ms more.
"""

from collections.abc import Iterator, Mapping, Sequence

from connection_service.rest.json_columns import instants, metres, numbers, seconds, shares
from proximity.certainty import NAMES, Certainties
from proximity.encounters import Contacts, Encounters
from proximity.estimated_contacts import EstimatedContacts
from proximity.estimated_meetings import EstimatedMeetings
from proximity.fixes import Fixes
from proximity.near_fixes import NearFixes

Row = tuple[int, str, str]
"""A person's id, and a row of JSON before and after the person in it. An object of a class would cost a third more."""


def with_people(rows: Sequence[Row], people: Mapping[int, str]) -> list[str]:
    """With each person's own text. Leaves out rows of persons whom person_service no longer knows: they are erased."""
    return [f"{before}{people[person_id]}{after}" for person_id, before, after in rows if person_id in people]


def connection_rows(near: NearFixes) -> list[Row]:
    columns = (
        near.person_id.tolist(),
        location_rows(near.fixes),
        metres(near.distance_m),
        seconds(near.time_gap_us),
        _names(near.certainty),
    )
    return [
        (
            who,
            f'{{"location":{location},"person":',
            f',"distance_m":{distance_m},"time_gap_s":{gap_s},"certainty":"{sure}"}}',
        )
        for who, location, distance_m, gap_s, sure in zip(*columns, strict=True)
    ]


def encounter_rows(met: Encounters) -> list[Row]:
    columns = (
        met.person_id.tolist(),
        instants(met.started_us),
        instants(met.ended_us),
        seconds(met.ended_us - met.started_us),
        metres(met.closest_m),
        instants(met.closest_us),
        numbers(met.latitude),
        numbers(met.longitude),
        numbers(met.fixes),
        _names(met.certainty),
    )
    rows = zip(*columns, strict=True)
    return [
        (
            who,
            '{"person":',
            (
                f',"started_at":{start},"ended_at":{end},"duration_s":{duration_s},"closest_m":{closest_m},'
                f'"closest_at":{closest},"place":{{"latitude":{latitude},"longitude":{longitude}}},'
                f'"fixes":{fixes},"certainty":"{sure}"}}'
            ),
        )
        for who, start, end, duration_s, closest_m, closest, latitude, longitude, fixes, sure in rows
    ]


def contact_rows(met: Contacts) -> list[Row]:
    columns = (
        met.person_id.tolist(),
        numbers(met.encounters),
        seconds(met.duration_us),
        metres(met.closest_m),
        instants(met.first_met_us),
        instants(met.last_met_us),
    )
    return [
        (
            who,
            '{"person":',
            (
                f',"encounters":{encounters},"duration_s":{duration_s},"closest_m":{closest_m},'
                f'"first_met_at":{first},"last_met_at":{last}}}'
            ),
        )
        for who, encounters, duration_s, closest_m, first, last in zip(*columns, strict=True)
    ]


def meeting_rows(met: EstimatedMeetings) -> list[Row]:
    columns = (
        met.person_id.tolist(),
        instants(met.started_us),
        instants(met.ended_us),
        seconds(met.duration_us),
        metres(met.closest_m),
        metres(met.closest_sd_m),
        instants(met.closest_us),
        numbers(met.latitude),
        numbers(met.longitude),
        shares(met.probability),
        numbers(met.other_fixes),
        numbers(met.own_fixes),
    )
    rows = zip(*columns, strict=True)
    return [
        (
            who,
            '{"person":',
            (
                f',"started_at":{start},"ended_at":{end},"duration_s":{duration_s},"closest_m":{closest_m},'
                f'"closest_sd_m":{sd_m},"closest_at":{closest},'
                f'"place":{{"latitude":{latitude},"longitude":{longitude}}},'
                f'"probability":{probability},"fixes":{fixes},"own_fixes":{own_fixes}}}'
            ),
        )
        for (
            who, start, end, duration_s, closest_m, sd_m, closest, latitude, longitude, probability, fixes, own_fixes,
        ) in rows
    ]  # fmt: skip


def met_rows(met: EstimatedContacts) -> list[Row]:
    columns = (
        met.person_id.tolist(),
        numbers(met.meetings),
        seconds(met.duration_us),
        metres(met.closest_m),
        metres(met.closest_sd_m),
        shares(met.probability),
        instants(met.first_met_us),
        instants(met.last_met_us),
    )
    return [
        (
            who,
            '{"person":',
            (
                f',"encounters":{encounters},"duration_s":{duration_s},"closest_m":{closest_m},"closest_sd_m":{sd_m},'
                f'"probability":{probability},"first_met_at":{first},"last_met_at":{last}}}'
            ),
        )
        for who, encounters, duration_s, closest_m, sd_m, probability, first, last in zip(*columns, strict=True)
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
        numbers(fixes.person_id),
        numbers(fixes.latitude),
        numbers(fixes.longitude),
        instants(fixes.time_us),
        numbers(fixes.accuracy_m),
        strict=True,
    )


def _names(certainties: Certainties) -> list[str]:
    return [NAMES[certainty] for certainty in certainties.tolist()]
