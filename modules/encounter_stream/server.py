"""One place wires the parts, and takes them apart again in the right order."""

import asyncio
import signal
import threading
from collections.abc import Sequence
from contextlib import suppress

import structlog
from google.protobuf.message import DecodeError
from granian.constants import Interfaces

from encounter_stream.ending import STOPPING
from encounter_stream.held import HeldEvents, Record
from encounter_stream.http import Http
from encounter_stream.listeners import Listeners
from encounter_stream.metrics import Metrics
from encounter_stream.people import PersonService
from encounter_stream.reading import Reading, Take
from encounter_stream.settings import Settings
from encounter_stream.streaming import Streaming
from service_kit.open_files import allow_open_files
from service_kit.rpc.peer import open_channel
from service_kit.rsgi.server import listening
from service_kit.telemetry.health import health_server, turning

log = structlog.get_logger()


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT: then not ready first, then all listeners are told to come again."""
    stop, stopped = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    allow_open_files()
    held, metrics = HeldEvents(settings.held_s, settings.held_max_events), Metrics()
    listeners = Listeners(settings.listeners_max, settings.listeners_per_caller)

    reading = Reading(settings, loop, taking(held, listeners, metrics))
    metrics.watch(lambda: len(listeners), lambda: len(held), reading.up_to_date)
    async with open_channel(settings.person_service) as to_persons:
        people = PersonService(to_persons, settings.person_service_token_file)
        streaming = Streaming(held, people, metrics, settings.heartbeat_s)
        # Some more than may listen: the others are to be told so.
        connections_max = settings.listeners_max + 200
        http = Http(settings.access.gate(), listeners, streaming, metrics)
        server = listening(settings.http_bind, http, connections_max, Interfaces.ASGINL)

        def ready() -> bool:
            return reading.up_to_date() and not stop.is_set()

        with health_server(settings.metrics_bind, live=turning(loop), ready=ready, metrics=metrics.registry):
            running = [
                asyncio.create_task(asyncio.to_thread(reading.run, stopped)),
                asyncio.create_task(server.serve()),
                asyncio.create_task(stop.wait()),
            ]
            log.info("listening", http=settings.http_bind, metrics=settings.metrics_bind)
            await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            log.info("stopping", listeners=len(listeners))
            stopped.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(settings.shutdown_grace_s):
                    await listeners.end_all(STOPPING)
            server.stop()  # type: ignore[no-untyped-call]  # it has none
            await asyncio.wait({running[1]}, timeout=settings.shutdown_grace_s)
            for task in running[1:]:
                task.cancel()
            outcomes = await asyncio.gather(*running, return_exceptions=True)
    log.info("stopped")
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome  # what runs for ever ended by an error that must be heard


def taking(held: HeldEvents, listeners: Listeners, metrics: Metrics) -> Take:
    def take(records: Sequence[Record]) -> None:
        for record in records:
            try:
                event = held.take(record)
            except DecodeError:
                log.exception("unreadable record", partition=record.partition)
                continue
            if event is not None:
                metrics.read()
                listeners.tell(event)

    return take
