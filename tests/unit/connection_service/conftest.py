"""A service without network."""

from collections.abc import Callable, Sequence

import pytest
from flask.testing import FlaskClient

from connection_service.app import create_app
from proximity.fixes import Fixes
from tests.unit.connection_service.memory import MemoryDirectory, MemoryStore, Row, in_order

MakeFixes = Callable[[Sequence[Row]], Fixes]


@pytest.fixture
def make_fixes() -> MakeFixes:
    return in_order


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def directory() -> MemoryDirectory:
    return MemoryDirectory()


@pytest.fixture
def client(store: MemoryStore, directory: MemoryDirectory) -> FlaskClient:
    return create_app(store, directory, 1000.0, lambda: None).test_client()
