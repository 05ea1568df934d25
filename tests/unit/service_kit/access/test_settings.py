"""What the environment may say about access; above all, that nobody serves strangers by mistake."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from service_kit.access.settings import AccessSettings, read_access
from service_kit.settings import read_settings
from tests.issuer import Issuer


@dataclass(frozen=True)
class Settings:
    access: AccessSettings


def read(bind: str) -> AccessSettings:
    return read_settings(lambda env: Settings(read_access(env, {"REST_BIND": bind}))).access


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AUTH_JWKS", "AUTH_ISSUER", "AUTH_AUDIENCE", "AUTH_REVOKED", "ALLOW_UNAUTHENTICATED", "RATE_LIMIT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def jwks(tmp_path: Path) -> str:
    return str(Issuer().write_jwks(tmp_path / "jwks.json"))


@pytest.mark.parametrize("bind", ["127.0.0.1:1", "127.1.2.3:1", "[::1]:1", "localhost:1", "unix:/run/x", "127.0.0.1:0"])
def test_on_loopback_a_service_may_be_open(bind: str) -> None:
    assert read(bind).gate().is_open


@pytest.mark.parametrize(
    "bind", ["0.0.0.0:1", ":1", "[::]:1", "192.0.2.1:1", "somewhere:1", "*:1", "[::ffff:192.0.2.1]:1", "1"]
)
def test_elsewhere_it_refuses_to_start_and_says_what_to_set(bind: str) -> None:
    with pytest.raises(SystemExit, match=r"REST_BIND=.*Set AUTH_JWKS.*ALLOW_UNAUTHENTICATED=true"):
        read(bind)


def test_unless_that_is_said_to_be_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOW_UNAUTHENTICATED", "true")
    assert read("0.0.0.0:1").gate().is_open
    monkeypatch.setenv("ALLOW_UNAUTHENTICATED", "false")
    with pytest.raises(SystemExit):
        read("0.0.0.0:1")


def test_with_keys_it_asks_for_tokens_everywhere(monkeypatch: pytest.MonkeyPatch, jwks: str) -> None:
    monkeypatch.setenv("AUTH_JWKS", jwks)
    for missing in ("AUTH_ISSUER", "AUTH_AUDIENCE"):
        with pytest.raises(SystemExit, match=missing):
            read("0.0.0.0:1")
        monkeypatch.setenv(missing, "x")
    assert read("0.0.0.0:1").gate().tokens is not None
    assert read("127.0.0.1:1").gate().tokens is not None


def test_a_contradiction_is_refused(monkeypatch: pytest.MonkeyPatch, jwks: str) -> None:
    monkeypatch.setenv("AUTH_JWKS", jwks)
    monkeypatch.setenv("ALLOW_UNAUTHENTICATED", "true")
    with pytest.raises(SystemExit, match="unset one of them"):
        read("127.0.0.1:1")


@pytest.mark.parametrize("source", ["http://issuer.test/jwks", "file:///etc/keys", "/does/not/exist", "/dev/null"])
def test_keys_that_cannot_be_had_are_told_at_the_start(monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    monkeypatch.setenv("AUTH_JWKS", source)
    with pytest.raises(SystemExit, match="AUTH_JWKS"):
        read("127.0.0.1:1")


def test_a_rate_limit_is_off_unless_set_and_has_a_burst_of_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read("127.0.0.1:1").gate().limit is None
    monkeypatch.setenv("RATE_LIMIT", "20")
    settings = read("127.0.0.1:1")
    assert settings.rate_limit_burst == 40
    assert settings.gate().limit is not None
    monkeypatch.setenv("RATE_LIMIT", "-1")
    with pytest.raises(SystemExit, match="RATE_LIMIT"):
        read("127.0.0.1:1")


def test_a_list_of_revoked_tokens_is_read_at_the_start_and_means_nothing_without_tokens(
    monkeypatch: pytest.MonkeyPatch, jwks: str, tmp_path: Path
) -> None:
    listed = tmp_path / "revoked.json"
    monkeypatch.setenv("AUTH_REVOKED", str(listed))
    with pytest.raises(SystemExit, match=r"AUTH_REVOKED.*AUTH_JWKS"):
        read("127.0.0.1:1")
    for name, value in (("AUTH_JWKS", jwks), ("AUTH_ISSUER", "x"), ("AUTH_AUDIENCE", "x")):
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match=r"AUTH_REVOKED: .*revoked\.json cannot be used"):
        read("127.0.0.1:1")
    listed.write_text('{"revoked": ["one"]}')
    tokens = read("127.0.0.1:1").gate().tokens
    assert tokens is not None
    assert tokens.revocations_due
