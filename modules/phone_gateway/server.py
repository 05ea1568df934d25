"""One place wires the parts, and takes them apart again in the right order."""

import asyncio
import signal
import threading
from contextlib import suppress
from typing import Final

import grpc
import structlog
from grpc_health.v1 import health_pb2, health_pb2_grpc

from phone_gateway.devices import Devices
from phone_gateway.files.uploads import Uploads
from phone_gateway.gathering import Gathering
from phone_gateway.http import Http
from phone_gateway.locations import LocationProducer
from phone_gateway.metrics import Metrics
from phone_gateway.peers import OwnToken
from phone_gateway.person_service import GrpcPersonService
from phone_gateway.settings import Settings
from phone_gateway.sightings import Sightings
from phone_gateway.taking import Taking
from service_kit.access.rate_limit import RateLimit
from service_kit.open_files import allow_open_files
from service_kit.rpc.peer import open_channel
from service_kit.rsgi.server import listening
from service_kit.telemetry.health import health_server, turning

log = structlog.get_logger()

ASK_EVERY_S: Final = 1.0


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT: then not ready first, answer what is under way, tell what is to be told, close."""
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    allow_open_files()
    token = OwnToken(settings.token_file)
    answer_within_s = settings.answer_within_ms / 1000
    async with (
        open_channel(settings.location_producer) as to_producer,
        open_channel(settings.person_service) as to_persons,
    ):
        producer = LocationProducer(to_producer, token, answer_within_s)
        person_service = GrpcPersonService(to_persons, token)
        devices, sightings, metrics = Devices(person_service), Sightings(person_service.report), Metrics()
        gathering = Gathering(producer.create, wait_s=settings.gather_ms / 1000, most=settings.waiting_max_locations)
        metrics.watch(lambda: gathering.waiting, lambda: len(devices), lambda: devices.up_to_date)
        rate, burst = settings.device_rate_limit, settings.device_rate_limit_burst
        limit = RateLimit(rate, burst) if rate else None
        taking = Taking(devices, gathering, producer, sightings, metrics, limit)
        uploads = Uploads(settings.access.gate(), settings, metrics)
        metrics.watch_uploads(uploads.under_way)
        server = listening(
            settings.http_bind, Http(taking, uploads, metrics, settings.reading_max_bytes), settings.connections_max
        )
        takes = threading.Event()

        def ready() -> bool:
            return takes.is_set() and devices.up_to_date and not stop.is_set()

        with health_server(
            settings.metrics_bind, live=turning(asyncio.get_running_loop()), ready=ready, metrics=metrics.registry
        ):
            following = [
                asyncio.create_task(devices.follow()),
                asyncio.create_task(sightings.follow()),
                asyncio.create_task(watch(to_producer, takes)),
            ]
            serving = asyncio.create_task(server.serve())
            stopping = asyncio.create_task(stop.wait())
            log.info("listening", http=settings.http_bind, metrics=settings.metrics_bind)
            await asyncio.wait({serving, stopping, *following}, return_when=asyncio.FIRST_COMPLETED)
            log.info("stopping", grace_s=settings.shutdown_grace_s)
            uploads.stop()
            server.stop()  # type: ignore[no-untyped-call]  # it has none
            await asyncio.wait({serving}, timeout=settings.shutdown_grace_s)
            await sightings.tell()
            for task in (*following, serving, stopping):
                task.cancel()
            outcomes = await asyncio.gather(*following, serving, stopping, return_exceptions=True)
    log.info("stopped")
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome  # what runs for ever ended by an error that must be heard


async def watch(channel: grpc.aio.Channel, takes: threading.Event) -> None:
    """Ask location_producer whether Kafka answers, for ever: /readyz says so."""
    stub = health_pb2_grpc.HealthStub(channel)
    while True:
        serving = False
        with suppress(grpc.aio.AioRpcError):
            answer = await stub.Check(health_pb2.HealthCheckRequest(), timeout=ASK_EVERY_S)
            serving = answer.status == health_pb2.HealthCheckResponse.SERVING
        takes.set() if serving else takes.clear()
        await asyncio.sleep(ASK_EVERY_S)
