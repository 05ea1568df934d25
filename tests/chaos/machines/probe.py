"""How long nobody was served: from a fault until locations sent since then are acknowledged, and in the table."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import grpc
import psycopg2
from udaconnect.location.v1.location_pb2 import BatchCreateLocationsRequest
from udaconnect.location.v1.location_pb2_grpc import LocationServiceStub

from tests.chaos.stack import Stack
from tests.patience import poll_until

# Of so many, so that every partition has some.
SENDERS = 60
# Before all that rounds send: a moment of its own for each probe.
MOMENTS: Iterator[datetime] = (datetime(2024, 6, 1, tzinfo=UTC) + timedelta(seconds=number) for number in count())
CALL_S = 5.0
STORED = "SELECT count(*) FROM location WHERE creation_time = %s"


def served_after_s(stack: Stack, since: float) -> float:
    """Seconds from `since`, a moment of time.monotonic, until the whole way works again."""
    moment = next(MOMENTS)
    poll_until(lambda: taken(stack, moment))
    poll_until(lambda: stored(stack, moment))
    return time.monotonic() - since


def taken(stack: Stack, moment: datetime) -> bool:
    request = BatchCreateLocationsRequest()
    for person_id in range(1, SENDERS + 1):
        location = request.locations.add(person_id=person_id, latitude=person_id, longitude=1)
        location.creation_time.FromDatetime(moment)
    with grpc.insecure_channel(stack.addresses["LOCATION_GRPC"]) as channel:
        try:
            answer = LocationServiceStub(channel).BatchCreateLocations(request, timeout=CALL_S)
        except grpc.RpcError:
            return False
    return bool(answer.accepted_count == SENDERS)


def stored(stack: Stack, moment: datetime) -> bool:
    try:
        with stack.database() as session, session.cursor() as cursor:
            cursor.execute(STORED, [moment])
            [[rows]] = cursor.fetchall()
    except psycopg2.OperationalError:
        return False
    return bool(rows == SENDERS)
