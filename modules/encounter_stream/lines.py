"""What is told, as server-sent events (WHATWG HTML, 9.2): lines of text, an empty one behind each event."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from google.protobuf.timestamp_pb2 import Timestamp
from udaconnect.connection.v1.encounter_pb2 import KIND_RETRACTED, EncounterEvent, Kind

from service_kit.rpc.people import Person

HEARTBEAT: Final = b":\n\n"
RETRY_MS: Final = 2_000
BEGINNING: Final = f"retry: {RETRY_MS}\n\n".encode()


def event_lines(name: str, data: Mapping[str, Any], number: int | None = None) -> bytes:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: ".encode() + orjson.dumps(data) + b"\n\n"


def kind_name(event: EncounterEvent) -> str:
    return Kind.Name(event.kind).removeprefix("KIND_").lower()


def told(event: EncounterEvent, people: Mapping[int, Person]) -> bytes | None:
    """None: it is of somebody who is no person any more."""
    if event.kind == KIND_RETRACTED:
        return event_lines("retracted", {"id": event.encounter_id}, event.number)
    person = people.get(event.other_person_id)
    return None if person is None else event_lines(kind_name(event), encounter(event, person), event.number)


def encounter(event: EncounterEvent, person: Person) -> dict[str, Any]:
    """As a row of `encounters`, as far as it is known."""
    return {
        "id": event.encounter_id,
        "person": person,
        "started_at": instant(event.started_at),
        "ended_at": instant(event.ended_at) if event.HasField("ended_at") else None,
        "closest_m": round(event.closest_m, 3),
        "place": {"latitude": event.place.latitude, "longitude": event.place.longitude},
        "probability": round(event.probability, 3),
        "told_at": instant(event.told_at),
    }


def instant(at: Timestamp) -> str:
    return at.ToJsonString()
