"""One place wires the parts, and takes them apart again in the right order."""

import asyncio
import signal
import threading
from collections.abc import Coroutine, Iterable
from contextlib import AbstractContextManager, ExitStack

import grpc
import structlog
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from udaconnect.location.v1 import location_pb2
from udaconnect.location.v1.location_pb2_grpc import add_LocationServiceServicer_to_server

from location_producer.access import RULES
from location_producer.callers.allowance import Callers
from location_producer.callers.backlog import watch_backlog
from location_producer.in_flight import InFlight
from location_producer.kafka_connection import KafkaConnection, make_admin
from location_producer.metrics import Metrics
from location_producer.people.directory import Directory
from location_producer.people.person_service import PersonService
from location_producer.publisher import KafkaPublisher
from location_producer.refusals import Refusals
from location_producer.service import LocationService
from location_producer.settings import MAX_MESSAGE_BYTES, Settings
from location_producer.tracing import RecordTraces
from location_producer.unreadable import UnreadableRequests
from location_producer.validation import TimeLimits, microseconds
from service_kit.kafka.security import ways_to_kafka
from service_kit.open_files import allow_open_files
from service_kit.rpc.access import AccessOfAioCalls
from service_kit.rpc.metrics import GrpcMetrics
from service_kit.rpc.surrounding import AroundAioCalls
from service_kit.rpc.tracing import spans_of_calls
from service_kit.telemetry import tracing
from service_kit.telemetry.health import health_server, turning

log = structlog.get_logger()

SERVICE = location_pb2.DESCRIPTOR.services_by_name["LocationService"].full_name
HEALTH_NAMES = ("", SERVICE)  # "" stands for the whole server
LIVE = "live"  # says that the event loop turns, whether or not Kafka answers

OPTIONS = [
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.so_reuseport", 0),  # a port that is taken is an error, not an invitation to share it
    ("grpc.keepalive_time_ms", 60_000),  # finds phones that went out of reach in mid-stream
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
    # gRPC allows a client without calls one ping in two hours, and hangs up on the third that comes sooner; many ping
    # each 10 to 30 s. So many fit into the longest idle time, and a flood of them still ends.
    ("grpc.http2.max_ping_strikes", 100),
]


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT: then not ready first, drain, flush to Kafka, close."""
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)

    allow_open_files()
    delivery_s = settings.delivery_timeout_ms / 1000
    metrics = Metrics()
    in_flight = InFlight(settings.in_flight_max_calls, settings.in_flight_max_bytes)
    callers = Callers(settings.concurrent_rpcs_max, settings.caller_locations_per_s)
    metrics.watch(in_flight, callers)
    traces = None if (tracer := tracing.tracer()) is None else RecordTraces(tracer, settings.location_topic)
    publisher = KafkaPublisher(settings.location_topic, in_flight, answer_within_s=delivery_s + 1, traces=traces)
    refusals = Refusals(settings.dead_letter_topic, in_flight, publisher, answer_within_s=delivery_s)
    directory = Directory(PersonService(settings.person_service) if settings.person_service.target else None)
    limits = TimeLimits(microseconds(settings.earliest_creation_time), settings.location_retention_days)
    service = LocationService(publisher, refusals.keep, metrics, limits, callers, directory)
    health_service = health.aio.HealthServicer()

    serves = threading.Event()

    async def set_ready(ready: bool) -> None:
        serves.set() if ready else serves.clear()
        serving = health_pb2.HealthCheckResponse.ServingStatus
        for name in HEALTH_NAMES:
            await health_service.set(name, serving.SERVING if ready else serving.NOT_SERVING)

    server = grpc.aio.server(
        interceptors=[
            *([AroundAioCalls(spans_of_calls(tracer))] if tracer else []),
            AroundAioCalls(GrpcMetrics(metrics.registry).call),
            AccessOfAioCalls(settings.access.gate(), RULES, metrics.failed),
            UnreadableRequests(),
        ],
        # Then its client is told to make its next calls on a new one, which a Service may lead to another pod.
        options=[*OPTIONS, ("grpc.max_connection_age_ms", round(settings.connection_age_s * 1000))],
        maximum_concurrent_rpcs=settings.concurrent_rpcs_max,
    )
    add_LocationServiceServicer_to_server(service, server)
    health_pb2_grpc.add_HealthServicer_to_server(health_service, server)
    reflection.enable_server_reflection((SERVICE, health.SERVICE_NAME, reflection.SERVICE_NAME), server)

    kafka = KafkaConnection(settings, publisher, set_ready)
    await set_ready(False)
    await health_service.set(LIVE, health_pb2.HealthCheckResponse.SERVING)
    beside = ExitStack()
    checks = {"live": turning(asyncio.get_running_loop()), "ready": lambda: serves.is_set() and not stop.is_set()}
    listen(settings, server, beside, health_server(settings.metrics_bind, **checks, metrics=metrics.registry))
    await server.start()
    keeping = asyncio.create_task(kafka.keep())
    watching = [asyncio.create_task(each) for each in watched(settings, publisher, callers, directory)]
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({keeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
        log.info("stopping", grace_s=settings.shutdown_grace_s)
        await health_service.enter_graceful_shutdown()
        service.stop_streams()
        await server.stop(settings.shutdown_grace_s)
    finally:
        for task in (stopping, keeping, *watching):
            task.cancel()
        await asyncio.gather(stopping, keeping, *watching, return_exceptions=True)
        await kafka.close(within_s=delivery_s)
        await asyncio.to_thread(beside.close)
    log.info("stopped")
    if not keeping.cancelled():
        keeping.result()  # it runs for ever: if it ended, it was by an error that must be heard


def watched(
    settings: Settings, publisher: KafkaPublisher, callers: Callers, directory: Directory
) -> Iterable[Coroutine[None, None, None]]:
    """What is to be kept an eye on for ever: how far the consumers are, and who is erased."""
    ways = ways_to_kafka(settings.kafka_bootstrap_servers, settings.kafka_security)
    topic, group = settings.location_topic, settings.consumer_group
    yield watch_backlog(lambda: make_admin(next(ways)), topic, group, publisher.acknowledged, callers.stored_after)
    yield directory.follow()


def listen(settings: Settings, server: grpc.aio.Server, beside: ExitStack, http: AbstractContextManager[int]) -> None:
    """Take both ports. Raises SystemExit naming the setting of one that cannot be had."""
    try:
        settings.tls.add_port(server, settings.grpc_bind)
    except RuntimeError as error:
        raise SystemExit(f"GRPC_BIND: cannot listen on {settings.grpc_bind}; is the port taken?") from error
    try:
        beside.enter_context(http)
    except OSError as error:
        raise SystemExit(f"METRICS_BIND: cannot listen on {settings.metrics_bind}; is the port taken?") from error
    log.info("listening", grpc=settings.grpc_bind, tls=bool(settings.tls.cert), metrics=settings.metrics_bind)
