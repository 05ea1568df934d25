"""Settings of Kafka that do not fit together are told before anything is sent."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from service_kit.kafka.security import KafkaSecurity, reaching, read_kafka_security
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


def test_each_broker_has_its_own_time_and_the_password_is_read_when_it_is_needed(tmp_path: Path) -> None:
    password = tmp_path / "password"
    security = KafkaSecurity("SASL_SSL", username="ada", password_file=str(password))
    with pytest.raises(OSError, match="password"):
        reaching(["one:9092"], security)
    password.write_text("secret\n")
    one, three = reaching(["one:9092"], security), reaching(["one:9092", "two:9092", "three:9092"], security)
    assert one["sasl_plain_password"] == "secret"  # noqa: S105  there is no such server
    assert three["bootstrap_timeout_ms"] == 3 * one["bootstrap_timeout_ms"]
