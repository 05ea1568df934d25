"""A setting that is missing or wrong is named before anything starts."""

import pytest

from location_producer.settings import read
from service_kit.settings import read_settings


def test_only_kafka_has_to_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092")
    assert read_settings(read).kafka_bootstrap_servers == ["kafka:9092"]


def test_a_missing_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    with pytest.raises(SystemExit, match="KAFKA_BOOTSTRAP_SERVERS"):
        read_settings(read)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EARLIEST_CREATION_TIME", "2015-01-01T00:00:00"),
        ("EARLIEST_CREATION_TIME", "yesterday"),
        ("IN_FLIGHT_MAX_BYTES", "1000"),
        ("DELIVERY_TIMEOUT_MS", "0"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092")
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match=name):
        read_settings(read)
