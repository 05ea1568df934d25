from pathlib import Path

import pytest
import typer

from udaconnect_client.addresses import address


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LOCATION_GRPC", raising=False)
    monkeypatch.delenv("UDACONNECT_VAR", raising=False)


def write_run_env(folder: Path) -> None:
    folder.mkdir()
    (folder / "run.env").write_text("LOCATION_GRPC=127.0.0.1:1\n")


def test_without_anything_it_is_the_usual_port() -> None:
    assert address("LOCATION_GRPC") == "127.0.0.1:30003"


def test_the_running_system_comes_before_the_usual_port(tmp_path: Path) -> None:
    write_run_env(tmp_path / "var")
    assert address("LOCATION_GRPC") == "127.0.0.1:1"


def test_the_running_system_may_have_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_run_env(tmp_path / "elsewhere")
    monkeypatch.setenv("UDACONNECT_VAR", str(tmp_path / "elsewhere"))
    assert address("LOCATION_GRPC") == "127.0.0.1:1"


def test_the_environment_comes_before_the_running_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_run_env(tmp_path / "var")
    monkeypatch.setenv("LOCATION_GRPC", "127.0.0.1:2")
    assert address("LOCATION_GRPC") == "127.0.0.1:2"


def test_the_option_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCATION_GRPC", "127.0.0.1:2")
    assert address("LOCATION_GRPC", "127.0.0.1:3") == "127.0.0.1:3"


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("CONNECTION_URL", "127.0.0.1:30002"),
        ("PERSON_URL", "localhost"),
        ("PERSON_URL", "ftp://localhost"),
        ("LOCATION_GRPC", "http://127.0.0.1:30003"),
    ],
)
def test_an_address_of_another_form_is_told_as_it_was_given(name: str, option: str) -> None:
    with pytest.raises(typer.BadParameter) as refused:
        address(name, option)
    assert name in str(refused.value)
    assert repr(option) in str(refused.value)


@pytest.mark.parametrize(
    ("name", "option"),
    [("CONNECTION_URL", "http://[::1]:30002/udaconnect"), ("LOCATION_GRPC", "https://grpc.example.com:443")],
)
def test_an_address_of_the_right_form_is_taken_as_it_is(name: str, option: str) -> None:
    assert address(name, option) == option
