"""The store of the consumer, on a database of the test's own with the persons 1 to 9."""

from collections.abc import Callable, Iterator

import pytest

from deployment.native.schema import Database
from location_consumer.store import Store
from tests.integration.location_consumer.pipeline import Pipeline
from tests.integration.statements import add_people


@pytest.fixture
def people(database: Database) -> None:
    add_people(database.owner, 9)


@pytest.fixture
def store(database: Database, people: None) -> Iterator[Store]:
    del people  # they are there
    store = Store(database.location_consumer)
    yield store
    store.close()


@pytest.fixture
def pipeline(kafka_bootstrap_servers: str, database: Database, make_topic: Callable[..., str]) -> Iterator[Pipeline]:
    pipeline = Pipeline(kafka_bootstrap_servers, database, make_topic(2), make_topic())
    add_people(database.owner, 99)
    yield pipeline
    pipeline.producer.close()
    for process in pipeline.processes:
        process.kill()
        process.wait()
