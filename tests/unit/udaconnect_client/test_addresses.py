from pathlib import Path

import pytest

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
