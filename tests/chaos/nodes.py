"""A worker of a distributed store dies: while it writes, between the phases of a commit, while somebody is erased."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import grpc
from udaconnect.location.v1.location_pb2 import BatchCreateLocationsRequest
from udaconnect.location.v1.location_pb2_grpc import LocationServiceStub

from deployment.native.citus import WORKERS
from tests.chaos.machines.erasing import Erasing
from tests.chaos.round import Told, wait_for
from tests.chaos.stack import Stack
from tests.patience import PATIENCE_S, poll_until

AWAY_S = 15.0
SECOND_PHASE = b"COMMIT PREPARED"
EVERY_S, CALL_S = 0.02, 5.0
HOLDER = """
    SELECT nodeport FROM pg_dist_placement JOIN pg_dist_node USING (groupid)
    WHERE shardid = get_shard_id_for_distribution_column('location', %s)
"""
PREPARED = """
    SELECT coalesce(sum(result::int), 0) FROM run_command_on_workers('SELECT count(*) FROM pg_prepared_xacts')
    WHERE success
"""


def worker_dies(stack: Stack, chance: random.Random) -> Told:
    name = chance.choice(WORKERS)
    stack.programs[name].kill()
    return Told(name)


def worker_is_away(stack: Stack, chance: random.Random) -> Told:
    """Whoever it holds is not stored meanwhile; Kafka keeps it."""
    program = stack.programs[chance.choice(WORKERS)]
    program.stop(killing=True)
    time.sleep(AWAY_S)
    program.start()
    return Told(program.name)


def coordinator_dies(stack: Stack, chance: random.Random) -> Told:
    """Between the phases: what is prepared on the workers is committed or not as it says when it is back."""
    with between_the_phases(stack, chance.choice(WORKERS)):
        stack.programs["postgresql"].kill()
    return Told()


def worker_dies_between_the_phases(stack: Stack, chance: random.Random) -> Told:
    """What it has prepared is committed when it is back."""
    name = chance.choice(WORKERS)
    with between_the_phases(stack, name):
        stack.programs[name].kill()
    return Told(name)


def worker_dies_and_somebody_is_erased(stack: Stack, _chance: random.Random) -> Told:
    """Of whom something is prepared on the worker, and must not be there in the end."""
    erasing = Erasing(stack)
    reporting = Reporting(stack, erasing.person)
    reporting.start()
    name = holder(stack, erasing.person)
    program = stack.programs[name]
    with between_the_phases(stack, name):
        program.stop(killing=True)
    erasing.start()
    time.sleep(1.0)
    program.start()
    reporting.stop()

    def check() -> None:
        poll_until(lambda: prepared(stack) == 0)
        erasing.check()

    return Told(name, check=check)


@contextmanager
def between_the_phases(stack: Stack, worker: str) -> Iterator[None]:
    """The next commit is prepared on the worker, and in the block not finished there; then all connections are new."""
    link = stack.links[worker]
    link.silence_at(SECOND_PHASE)
    if not wait_for(lambda: link.is_silent, PATIENCE_S):
        raise AssertionError("nothing is committed in two phases")
    yield
    link.refuse()
    link.heal()


def holder(stack: Stack, person_id: int) -> str:
    """The worker that a person lies on."""
    with stack.database() as session, session.cursor() as cursor:
        cursor.execute(HOLDER, [person_id])
        [[port]] = cursor.fetchall()
    [name] = [name for name in WORKERS if stack.links[name].port == port]
    return name


def prepared(stack: Stack) -> int:
    """Transactions on workers that wait for their second phase."""
    with stack.database() as session, session.cursor() as cursor:
        cursor.execute(PREPARED)
        [[count]] = cursor.fetchall()
    return int(count)


class Reporting(Thread):
    """Somebody reports many times a second, whatever the answer."""

    def __init__(self, stack: Stack, person_id: int) -> None:
        super().__init__(name="reporting", daemon=True)
        self._target = stack.addresses["LOCATION_GRPC"]
        self._person_id = person_id
        self._stopping = Event()

    def run(self) -> None:
        moment = datetime(2024, 6, 2, tzinfo=UTC)
        with grpc.insecure_channel(self._target) as channel:
            stub = LocationServiceStub(channel)
            while not self._stopping.wait(EVERY_S):
                moment += timedelta(milliseconds=1)
                request = BatchCreateLocationsRequest()
                location = request.locations.add(person_id=self._person_id, latitude=1, longitude=1, accuracy_m=5)
                location.creation_time.FromDatetime(moment)
                try:
                    stub.BatchCreateLocations(request, timeout=CALL_S)
                except grpc.RpcError:
                    continue

    def stop(self) -> None:
        self._stopping.set()
        self.join()


FAULTS: Mapping[str, Callable[[Stack, random.Random], Told]] = {
    f"nodes: {name}": fault
    for name, fault in {
        "a worker dies": worker_dies,
        f"a worker is away for {AWAY_S:.0f} s": worker_is_away,
        "a worker dies between the phases": worker_dies_between_the_phases,
        "the coordinator dies between the phases": coordinator_dies,
        "a worker dies between the phases, and somebody is erased": worker_dies_and_somebody_is_erased,
    }.items()
}
