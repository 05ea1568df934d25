"""`python -m location_consumer`: consume until SIGTERM or SIGINT."""

import signal
import sys
from collections.abc import Callable
from threading import Event
from types import FrameType

import structlog
from kafka import KafkaConsumer

from location_consumer.batch import BatchPolicy
from location_consumer.brake import Brake, BrakeError
from location_consumer.consume import Consume
from location_consumer.dead_letters import DeadLettersUnavailableError, DeadLetterTopic
from location_consumer.metrics import Metrics
from location_consumer.settings import Settings, read
from location_consumer.store import Store, StoreUnavailableError
from location_consumer.tracing import BatchTraces
from location_consumer.writing import Writing
from service_kit.settings import read_settings
from service_kit.telemetry.health import health_server
from service_kit.telemetry.logs import set_up_logs
from service_kit.telemetry.tracing import tracer, tracing

log = structlog.get_logger()

BOOTSTRAP_WITHIN_MS = 120_000
SAY_AGAIN_AFTER_S = 60


def main() -> None:
    # Until there is something to finish, a signal just ends the process; as process 1 it would be ignored.
    on_signals(lambda *_: sys.exit(0))
    set_up_logs("location_consumer")
    settings = read_settings(read)
    with tracing("location_consumer"):
        run(settings)


def run(settings: Settings) -> None:
    store = Store(settings.database_url)
    records = group_consumer(settings)
    dead_letters = DeadLetterTopic(
        settings.kafka_bootstrap_servers, settings.dead_letter_topic, settings.kafka_security
    )
    metrics = Metrics()
    stopping = Event()
    brake = Brake(settings.brake_window, settings.brake_ratio)
    writing = Writing(
        records,
        store,
        dead_letters,
        brake=brake,
        earliest=settings.earliest_creation_time,
        metrics=metrics,
        stopping=stopping,
        traces=BatchTraces(tracer(), settings.location_topic),
    )
    policy = BatchPolicy(settings.batch_max_locations, settings.batch_max_age_ms / 1000)
    on_signals(lambda *_: stopping.set())
    try:
        checks = {
            "live": lambda: brake.is_on or writing.live(),
            "ready": lambda: writing.ready() and not brake.is_on and not stopping.is_set(),
        }
        with health_server(settings.health_bind, **checks, metrics=metrics.registry):
            try:
                Consume(records, writing, policy, metrics, stopping).run()
            except BrakeError as error:
                metrics.brake_is_on()
                stand_still(str(error), stopping)
                raise SystemExit(1) from error
        log.info("stopped")
    except (StoreUnavailableError, DeadLettersUnavailableError) as error:
        log.warning("stopped with locations in hand; they come again from Kafka", because=str(error))
    finally:
        records.close(autocommit=False)
        dead_letters.close()
        store.close()


def stand_still(because: str, stopping: Event) -> None:
    """Do nothing but say so, until somebody comes.

    A process that ended would be started again by whatever looks after it, and each start would give up another
    window of locations before it brakes.
    """
    while True:
        log.critical("the brake is on: nothing is read any more; docs/operations.md says how to go on", because=because)
        if stopping.wait(SAY_AGAIN_AFTER_S):
            return


def on_signals(handler: Callable[[int, FrameType | None], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handler)


def group_consumer(settings: Settings) -> KafkaConsumer:
    """Join the group. Raises KafkaTimeoutError where no broker answers."""
    records = KafkaConsumer(
        settings.location_topic,
        **settings.kafka_security.options(),
        bootstrap_servers=settings.kafka_bootstrap_servers,
        bootstrap_timeout_ms=BOOTSTRAP_WITHIN_MS,
        group_id=settings.consumer_group,
        client_id="location_consumer",
        enable_auto_commit=False,
        auto_offset_reset="none",  # offsets/reset.py decides, and says so
        fetch_max_wait_ms=100,
        # A broker that was away is found again soon, and so are partitions that the topic has been given.
        reconnect_backoff_max_ms=1_000,
        metadata_max_age_ms=15_000,
        # How long the partitions of a killed consumer wait for another one. Heartbeats have a thread of their own, so
        # a slow batch does not miss them.
        session_timeout_ms=10_000,
        heartbeat_interval_ms=3_000,
        # What a broker is waited for that says nothing. It has to be longer than a session.
        request_timeout_ms=15_000,
    )
    # Otherwise the client joins its group before it knows the topic's partitions, shares out none, and has to join a
    # second time when it learns of them, which can take seconds.
    records.partitions_for_topic(settings.location_topic)
    return records


if __name__ == "__main__":
    main()
