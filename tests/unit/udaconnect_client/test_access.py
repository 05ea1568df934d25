"""What the client shows, and tokens of its own for development."""

import stat
from pathlib import Path

import jwt
import pytest
from typer.testing import CliRunner

from service_kit.access.issuer_keys import IssuerKeys
from service_kit.access.rules import SCOPES
from service_kit.access.tokens import Caller, TokenCheck
from udaconnect_client.__main__ import app
from udaconnect_client.access import Access, AccessError
from udaconnect_client.commands import token


@pytest.fixture(autouse=True)
def no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UDACONNECT_TOKEN", raising=False)


def test_without_a_token_nothing_is_shown() -> None:
    assert Access().metadata() == ()
    assert "Authorization" not in Access().session().headers


def test_the_token_of_the_environment_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UDACONNECT_TOKEN", "abc")
    assert Access().metadata() == (("authorization", "Bearer abc"),)
    assert Access().session().headers["Authorization"] == "Bearer abc"


def test_a_file_wins_and_is_read_anew_each_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("UDACONNECT_TOKEN", "abc")
    file = tmp_path / "token"
    file.write_text("first\n")
    access = Access(token_file=file)
    assert access.metadata() == (("authorization", "Bearer first"),)
    file.write_text("second\n")
    assert access.metadata() == (("authorization", "Bearer second"),)
    file.unlink()
    with pytest.raises(AccessError):
        access.metadata()


def test_rest_trusts_the_ca_and_shows_the_certificate() -> None:
    session = Access(ca=Path("ca"), cert=Path("cert"), key=Path("key")).session()
    assert (session.verify, session.cert) == ("ca", ("cert", "key"))


def made(folder: Path, *arguments: str) -> str:
    result = CliRunner().invoke(app, ["token", "--keys", str(folder), *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def caller(folder: Path, made_token: str) -> Caller:
    check = TokenCheck(IssuerKeys(str(folder / "jwks.json")), issuer=token.ISSUER, audience=token.AUDIENCE)
    return check.check(made_token)


def test_a_token_made_for_development_is_taken_by_the_services(tmp_path: Path) -> None:
    folder = tmp_path / "tokens"
    arguments = ("--scope", "people:read", "--scope", "meetings:read", "--person", "7", "--subject", "ada")
    found = caller(folder, made(folder, *arguments))
    assert (found.subject, found.person_id) == ("ada", 7)
    assert found.scopes == {"people:read", "meetings:read"}
    assert caller(folder, made(folder)).scopes == {"admin"}  # of the same keys


def test_it_lasts_as_long_as_was_said(tmp_path: Path) -> None:
    claims = jwt.decode(made(tmp_path, "--expires", "90m"), options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 90 * 60


def test_the_key_is_for_its_owner_only_and_made_once(tmp_path: Path) -> None:
    made(tmp_path)
    key = tmp_path / "signing_key.pem"
    first = key.read_bytes()
    made(tmp_path)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_bytes() == first
    assert b"PRIVATE" not in (tmp_path / "jwks.json").read_bytes()
    assert '"d"' not in (tmp_path / "jwks.json").read_text()


@pytest.mark.parametrize("arguments", [["--scope", "everything"], ["--expires", "soon"], ["--person", "0"]])
def test_what_makes_no_sense_is_refused(tmp_path: Path, arguments: list[str]) -> None:
    assert CliRunner().invoke(app, ["token", "--keys", str(tmp_path), *arguments]).exit_code == 2


def test_a_key_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "signing_key.pem").write_text("nonsense")
    result = CliRunner().invoke(app, ["token", "--keys", str(tmp_path)])
    assert result.exit_code == 2
    assert "cannot be used" in result.output


def test_the_scopes_are_those_of_the_services() -> None:
    assert token.SCOPES == SCOPES
