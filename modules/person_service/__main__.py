"""Starts person_service: `python -m person_service`."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from prometheus_client import CollectorRegistry

from person_service.devices.pairing import Pairing
from person_service.devices.servicer import DeviceServicer
from person_service.devices.watching import Watching
from person_service.grpc_server import grpc_server
from person_service.people import People
from person_service.rest import create_app
from person_service.servicer import PersonServicer
from person_service.settings import Settings, settings_from
from service_kit.database import make_engine
from service_kit.rest.server import serve_rest
from service_kit.settings import read_settings
from service_kit.telemetry.logs import set_up_logs
from service_kit.telemetry.tracing import traced


@contextmanager
def worker(settings: Settings) -> Iterator[Flask]:
    """Wire one worker process: a connection pool, the gRPC server beside, the app of REST."""
    engine = make_engine(settings.database_url, application_name="person_service", pool_size=settings.threads)
    people = People(engine)
    try:
        registry = CollectorRegistry()
        gate = settings.access.gate()
        with grpc_server(
            settings.grpc_bind,
            PersonServicer(people),
            DeviceServicer(Watching(engine)),
            threads=settings.threads,
            check=people.check,
            registry=registry,
            gate=gate,
            tls=settings.tls,
        ):
            yield create_app(people, Pairing(engine), settings.phone_gateway_url, registry, gate)
    finally:
        engine.dispose()


def main() -> None:
    set_up_logs("person_service")
    settings = read_settings(settings_from)
    serve_rest(
        settings.rest_bind,
        workers=settings.workers,
        threads=settings.threads,
        in_worker=lambda: traced("person_service", worker(settings)),
    )


if __name__ == "__main__":
    main()
