"""Puts the parts together."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from flask import Flask

from connection_service.people.known import KnownPeople
from connection_service.people.person_service import Directory, PersonService
from connection_service.rest.access import RULES
from connection_service.rest.api import (
    ConnectionResource,
    ContactsResource,
    EncountersResource,
    LocationsResource,
)
from connection_service.rest.export import ExportResource
from connection_service.rest.groups import GroupsResource
from connection_service.rest.introductions import IntroductionsResource
from connection_service.rest.resources import Store
from connection_service.rest.way import WayResource
from connection_service.settings import Settings
from connection_service.store.locations import LocationStore
from service_kit.access.rules import Gate
from service_kit.database import check_table, make_engine
from service_kit.rest.app import create_rest_app
from service_kit.rest.audit import audit


def create_app(
    store: Store, directory: Directory, max_distance_m: float, check: Callable[[], None], gate: Gate | None = None
) -> Flask:
    """Make the app; it is ready while `check` returns instead of raising. Without a `gate` it is open."""
    app, api = create_rest_app(
        title="connection_service",
        description="Who met whom, when, for how long and how close.",
        tag="connections",
        check=check,
        gate=gate,
        rules=RULES,
    )
    of_person = "/api/persons/<int:person_id>"
    people = KnownPeople(directory)
    search = {"store": store, "people": people, "max_distance_m": max_distance_m}
    api.add(ConnectionResource, f"{of_person}/connection", **search)
    api.add(EncountersResource, f"{of_person}/encounters", **search)
    api.add(ContactsResource, f"{of_person}/contacts", **search)
    api.add(IntroductionsResource, f"{of_person}/introductions", store=store, people=people)
    api.add(GroupsResource, "/api/groups", store=store, people=people)
    api.add(LocationsResource, f"{of_person}/locations", store=store, people=people)
    api.add(WayResource, f"{of_person}/way", store=store, people=people)
    api.add(ExportResource, f"{of_person}/export", store=store, directory=directory)
    audit(app, {"GET", "HEAD"}, of_many={"/api/groups"})
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
    directory = PersonService(settings.person_service_target, settings.person_service_access)
    try:
        store = LocationStore(engine, settings.max_locations, settings.query_timeout_s)
        check = partial(check_table, engine, "location")
        yield create_app(store, directory, settings.max_distance_m, check, settings.access.gate())
    finally:
        directory.close()
        engine.dispose()
