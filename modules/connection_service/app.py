"""Puts the parts together."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from flask import Flask

from connection_service.api import ConnectionResource, EncountersResource, LocationsResource
from connection_service.people import Directory, PersonService
from connection_service.search import Store
from connection_service.settings import Settings
from connection_service.store import LocationStore
from service_kit.database import check_table, make_engine
from service_kit.rest_app import create_rest_app


def create_app(store: Store, directory: Directory, max_distance_m: float, check: Callable[[], None]) -> Flask:
    """Make the app; it is ready while `check` returns instead of raising."""
    app, api = create_rest_app(
        title="connection_service",
        description="Who met whom, when, for how long and how close.",
        tag="connections",
        check=check,
    )
    of_person = "/api/persons/<int:person_id>"
    search = {"store": store, "directory": directory, "max_distance_m": max_distance_m}
    api.add(ConnectionResource, f"{of_person}/connection", **search)
    api.add(EncountersResource, f"{of_person}/encounters", **search)
    api.add(LocationsResource, f"{of_person}/locations", store=store, directory=directory)
    return app


@contextmanager
def running_app(settings: Settings) -> Iterator[Flask]:
    """The app with its connections; enter it after the fork.

    It is ready where the table can be read. A person service that is down does not make this one unready: its callers
    are to be told which of the two is missing.
    """
    engine = make_engine(
        settings.database_url,
        application_name="connection_service",
        pool_size=settings.threads,
        statement_timeout_s=settings.query_timeout_s,
    )
    directory = PersonService(settings.person_service_target)
    try:
        store = LocationStore(engine, settings.max_locations)
        yield create_app(store, directory, settings.max_distance_m, partial(check_table, engine, "location"))
    finally:
        directory.close()
        engine.dispose()
