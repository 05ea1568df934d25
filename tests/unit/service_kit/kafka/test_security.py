"""Settings of Kafka that do not fit together are told before anything is sent."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from service_kit.kafka.security import KafkaSecurity, read_kafka_security, ways_to_kafka
from service_kit.settings import read_settings


@dataclass(frozen=True)
class Settings:
    kafka_security: KafkaSecurity


def read(monkeypatch: pytest.MonkeyPatch, **settings: str) -> KafkaSecurity:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return read_settings(lambda env: Settings(read_kafka_security(env))).kafka_security


@pytest.fixture
def password_file(tmp_path: Path) -> str:
    file = tmp_path / "password"
    file.write_text("secret\n")
    return str(file)


def test_in_plain_text_unless_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch).options() == {"security_protocol": "PLAINTEXT"}


def test_a_user_over_tls(monkeypatch: pytest.MonkeyPatch, password_file: str) -> None:
    security = read(
        monkeypatch,
        KAFKA_SECURITY_PROTOCOL="SASL_SSL",
        KAFKA_USERNAME="ada",
        KAFKA_PASSWORD_FILE=password_file,
        KAFKA_CA_FILE=password_file,
    )
    assert security.options() == {
        "security_protocol": "SASL_SSL",
        "ssl_check_hostname": True,
        "ssl_cafile": password_file,
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "ada",
        "sasl_plain_password": "secret",
    }
    assert "secret" not in repr(security)


@pytest.mark.parametrize(
    "settings",
    [
        {"KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT"},  # the password's proof, for all to see
        {"KAFKA_SECURITY_PROTOCOL": "SASL_SSL"},
        {"KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "KAFKA_USERNAME": "ada"},
        {"KAFKA_USERNAME": "ada"},
        {"KAFKA_PASSWORD_FILE": "/no/such/file"},
        {"KAFKA_CA_FILE": "/no/such/file", "KAFKA_SECURITY_PROTOCOL": "SSL"},
        {"KAFKA_CA_FILE": "/dev/null"},
        {"KAFKA_SASL_MECHANISM": "PLAIN"},
    ],
)
def test_what_does_not_fit_together_is_refused(monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]) -> None:
    with pytest.raises(SystemExit, match="KAFKA_"):
        read(monkeypatch, **settings)


def test_each_way_to_kafka_is_the_next_server_and_the_password_as_it_is_then(tmp_path: Path) -> None:
    password = tmp_path / "password"
    security = KafkaSecurity("SASL_SSL", username="ada", password_file=str(password))
    ways = ways_to_kafka(["one:9092", "two:9092"], security)
    with pytest.raises(OSError, match="password"):
        next(ways)
    password.write_text("secret\n")
    found = [next(ways) for _ in range(3)]
    assert [way["bootstrap_servers"] for way in found] == [["two:9092"], ["one:9092"], ["two:9092"]]
    assert {way["sasl_plain_password"] for way in found} == {"secret"}
