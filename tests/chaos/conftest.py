"""kafka-python leaves the socket of a refused connection to the garbage collector, and here many are refused."""

import gc
import warnings
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"))


@pytest.hookimpl(tryfirst=True)
def pytest_unconfigure() -> None:
    # What was logged holds on to the connections until now.
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "unclosed <socket", ResourceWarning)
        for _ in range(3):
            gc.collect()
