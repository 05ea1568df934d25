"""Whatever one client sends, and however much: each location of another one becomes visible meanwhile."""

import time
from functools import partial
from typing import Any

import grpc
import psycopg2
import pytest
from udaconnect.location.v1 import location_pb2 as pb
from udaconnect.location.v1.location_pb2_grpc import LocationServiceStub

from location_producer.callers.allowance import BURST_S
from tests.conftest import PollUntil
from tests.integration.fairness.conftest import MODEST, Way
from tests.integration.fairness.flood import AT_ONCE, KINDS
from tests.integration.location_consumer.pipeline import sample
from tests.patience import PATIENCE_S

ROUNDS = 2
A_CALLER_PER_S = 5_000  # in two seconds' time he may send a whole batch
CONFLICTS = 'location_consumer_dead_letters_total{reason="conflict"}'
BEGINS_US = 1_772_445_600_000_000  # 2026-03-02


def what_is_sent_is_seen(way: Way, poll_until: PollUntil, first: int) -> None:
    """Each location of a modest client, before it sends the next."""
    session: Any = psycopg2.connect(way.database.superuser)
    session.autocommit = True
    with way.stub("modest") as (stub, metadata), session.cursor() as cursor:

        def seen(time_us: int) -> bool:
            cursor.execute(
                "SELECT count(*) FROM location WHERE person_id = %s AND creation_time = to_timestamp(%s / 1e6::float8)",
                [MODEST, time_us],
            )
            return bool(cursor.fetchone()[0])

        for number in range(first, first + ROUNDS):
            location = pb.Location(person_id=MODEST, latitude=50, longitude=8)
            location.creation_time.FromMicroseconds(BEGINS_US + number * 1_000_000)
            poll_until(partial(taken, stub, metadata, location), interval_s=0.2)
            poll_until(partial(seen, BEGINS_US + number * 1_000_000), interval_s=0.02)
    session.close()


def taken(stub: LocationServiceStub, metadata: Any, location: pb.Location) -> bool:
    """Whether Kafka has it: that it stands still is nobody's doing. Raises RpcError, also where he is pushed back."""
    try:
        stub.CreateLocation(pb.CreateLocationRequest(location=location), metadata=metadata, timeout=PATIENCE_S)
    except grpc.RpcError as error:
        if error.code() is grpc.StatusCode.UNAVAILABLE:
            return False
        raise
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_else_is_harmed(way: Way, poll_until: PollUntil, kind: str) -> None:
    with way.flooded(kind) as flood:
        poll_until(lambda: flood.calls > AT_ONCE)
        if kind == "idle_streams":
            poll_until(lambda: "RESOURCE_EXHAUSTED" in flood.answers)  # he holds as many as he may
        what_is_sent_is_seen(way, poll_until, 0)  # meanwhile it is found out how much may come
        before = flood.calls
        what_is_sent_is_seen(way, poll_until, ROUNDS)
        if kind != "idle_streams":
            poll_until(lambda: flood.calls > before)  # the flood goes on: nothing of it had to end first


@pytest.mark.parametrize("way", [{"CALLER_LOCATIONS_PER_S": f"{A_CALLER_PER_S}"}], indirect=True)
def test_a_caller_makes_no_more_dead_letters_than_he_may_send_locations(way: Way, poll_until: PollUntil) -> None:
    """Conflicts are told only where the store is: what bounds them is how much each may send."""
    began = time.monotonic()
    with way.flooded("conflicts"):
        letters = poll_until(
            lambda: (found := sample(way.consumer_metrics, CONFLICTS) or 0) > 4 * A_CALLER_PER_S and found
        )
    assert letters <= A_CALLER_PER_S * (time.monotonic() - began + BURST_S)
