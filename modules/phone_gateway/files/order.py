"""What the process that reads a file is told, and what it tells: JSON over its standard input and output."""

from typing import NotRequired, TypedDict


class Order(TypedDict):
    """`fd`: the open file. `zone`: of times that name none; empty: UTC. `token`: of whoever
    uploads; empty: none. `location_producer`: the fields of a Peer."""

    fd: int
    name: str
    person_id: int
    zone: str
    token: str
    location_producer: dict[str, str]


class NotTaken(TypedDict):
    """Where in the file, which field, and why: "line 7", "latitude", "must be a number, is 'north'"."""

    place: str
    field: str
    reason: str


class Reason(TypedDict):
    reason: str
    count: int


class State(TypedDict):
    """How far it is; the last one says what came of it.

    `refused`: by location_producer; `unreadable`: rows that are no locations. What was accepted is with Kafka.
    """

    stage: str  # waiting, reading, done
    read_bytes: int
    bytes: int
    accepted: int
    refused: int
    unreadable: int
    rejected: NotRequired[list[NotTaken]]
    reasons: NotRequired[list[Reason]]
    remarks: NotRequired[list[str]]
    failure: NotRequired[str | None]


def waiting(size: int) -> State:
    return State(stage="waiting", read_bytes=0, bytes=size, accepted=0, refused=0, unreadable=0)


def failed(last: State, why: str) -> State:
    """As far as it came."""
    return {**last, "stage": "done", "rejected": [], "reasons": [], "remarks": [], "failure": why}
