"""What every service does with its database, for tests of what happens to that."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from connection_service.store.locations import LocationStore
from deployment.native.schema import Database
from location_consumer.locations import Locations
from location_consumer.rows import DAY_US, Rows
from location_consumer.store import Store
from person_service.devices.pairing import Pairing
from person_service.people import People
from person_service.rest import create_app
from service_kit.database import make_engine
from tests.patience import PATIENCE_S

START_US = 20_500 * DAY_US  # 2026-02-16
ADA = {"first_name": "Ada", "last_name": "Byron", "company_name": "Looms"}


@dataclass
class Services:
    person_engine: Engine
    connection_engine: Engine
    consumer: Store

    @cached_property
    def _app(self) -> Flask:
        pairing = Pairing(self.person_engine)
        return create_app(People(self.person_engine), pairing, "https://phones.example.com")

    @property
    def rest(self) -> FlaskClient:
        """A client of its own for each thread."""
        return self._app.test_client()

    def store_a_location(self, person_id: int, second: int) -> int:
        """How many rows are new."""
        time_us = np.array([START_US + second * 1_000_000])
        place = np.array([1.0])
        rows = Rows.of(Locations(np.array([person_id]), time_us, place, place, np.array([5], np.float32)))
        return self.consumer.write(rows).stored

    def track(self, person_id: int) -> int:
        """How many locations connection_service sees, asked for with all that a question asks for."""
        with LocationStore(self.connection_engine, 1000, 10).locations() as locations:
            assert locations.freshness(person_id, START_US).people
            return locations.track(person_id, START_US, START_US + DAY_US).size


@pytest.fixture
def services_at() -> Iterator[Callable[..., Services]]:
    """services_at(address, database, statement_timeout_s=…): how the URL of each role is to be changed."""
    made: list[Services] = []

    def make(address: Callable[[str], str], database: Database, statement_timeout_s: float = PATIENCE_S) -> Services:
        engine = partial(make_engine, pool_size=3, statement_timeout_s=statement_timeout_s)
        services = Services(
            engine(address(database.person_service), application_name="person_service"),
            engine(address(database.connection_service), application_name="connection_service"),
            Store(address(database.location_consumer)),
        )
        made.append(services)
        return services

    yield make
    for services in made:
        services.person_engine.dispose()
        services.connection_engine.dispose()
        services.consumer.close()
