"""Three brokers, each location on two of them before it is acknowledged: what follows when one dies, or two do."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from deployment.native.ports import free_address
from deployment.native.schema import Database
from deployment.native.services import answers_grpc, answers_http
from tests.chaos.ledger import Key, Ledger, Verdict, verdict
from tests.chaos.load import PEOPLE, Load
from tests.chaos.machines.brokers import NUMBERS, Brokers, three_brokers
from tests.chaos.store import DeadLetters
from tests.integration.programs import program
from tests.integration.statements import Query, add_people
from tests.patience import PATIENCE_S

BEGINS_US = 1_772_409_600_000_000  # 2026-03-02
RATE = 500  # locations a second
SOME_CALLS = 20
ROWS = "SELECT person_id, (extract(epoch FROM creation_time) * 1000000)::bigint FROM location"


@dataclass
class System:
    brokers: Brokers
    target: str  # of location_producer
    services: dict[str, Popen[bytes]]
    ready: Callable[[], bool]


@pytest.fixture
def system(database: Database, tmp_path: Path, poll_until: Any) -> Iterator[System]:
    """The services that need Kafka, as they would be with deployment/components/strimzi."""
    add_people(database.owner, PEOPLE)
    target, consumer, stream, nobody = (free_address() for _ in range(4))
    with ExitStack() as ending:
        brokers = ending.enter_context(three_brokers(tmp_path))
        common = {
            "KAFKA_BOOTSTRAP_SERVERS": brokers.bootstrap_servers,
            "PERSON_SERVICE_TARGET": nobody,
            "LOG_FORMAT": "text",
        }
        settings = {
            "location_producer": {"GRPC_BIND": target, "METRICS_BIND": free_address()},
            "location_consumer": {"DATABASE_URL": database.location_consumer, "HEALTH_BIND": consumer},
            "encounter_stream": {"HTTP_BIND": free_address(), "METRICS_BIND": stream},
        }

        def start(module: str, **more: str) -> Popen[bytes]:
            log = ending.enter_context((tmp_path / f"{module}.log").open("wb"))
            return ending.enter_context(program(module, log, **common, **more))

        job = start("location_producer.topics", LOCATION_REPLICATION="3", KAFKA_WAIT_S="600")
        assert job.wait(PATIENCE_S) == 0
        services = {module: start(module, **more) for module, more in settings.items()}

        def ready() -> bool:
            return answers_grpc(target) and all(answers_http(f"http://{of}/readyz") for of in (consumer, stream))

        poll_until(ready)
        yield System(brokers, target, services, ready)


def test_brokers_die_and_nothing_acknowledged_is_lost(system: System, query: Query, poll_until: Any) -> None:
    brokers, ledger = system.brokers, Ledger()
    dead_letters = DeadLetters(brokers.bootstrap_servers)
    dead_letters.read()

    def goes_on() -> None:
        """Calls are acknowledged again, and every broker has all that is."""
        before = ledger.acknowledgements
        poll_until(lambda: ledger.acknowledgements > before + SOME_CALLS)

    def all_in_sync() -> None:
        poll_until(lambda: brokers.in_sync("location") == len(NUMBERS))

    def so_far() -> Verdict:
        return verdict(ledger, (Key(*row) for row in query(ROWS)), dead_letters.read())

    with Load(system.target, ledger, BEGINS_US, RATE):
        goes_on()
        for number in NUMBERS:  # one of them is the controller
            all_in_sync()
            led = brokers.leader("location", number)
            assert led in NUMBERS
            died = time.monotonic()
            brokers.programs[led].kill()
            goes_on()
            sys.stdout.write(f"broker {led} killed: acknowledged again after {time.monotonic() - died:.1f} s\n")
        all_in_sync()

        two = NUMBERS[:2]
        for number in two:
            brokers.programs[number].stop(killing=True)
        refusals = ledger.refusals
        poll_until(lambda: ledger.refusals > refusals)
        kept = len(ledger.acknowledged)
        poll_until(lambda: ledger.refusals > refusals + 2)
        assert len(ledger.acknowledged) == kept, "one copy alone is not enough"
        for number in two:
            brokers.programs[number].start()
        goes_on()
        all_in_sync()

        brokers.programs[3].stop(killing=True)
        brokers.empty(3)
        brokers.programs[3].start()
        all_in_sync()
        goes_on()
    poll_until(lambda: not so_far().lost)
    assert so_far().holds
    poll_until(system.ready)
    assert [name for name, process in system.services.items() if process.poll() is not None] == [], "none has ended"
