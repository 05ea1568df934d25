import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from deployment.native.folders import REPOSITORY
from deployment.native.ports import HOST, OFFSETS, choose_ports, claim, free_port, is_free, spare_block


def test_free_ports_are_the_block_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deployment.native.ports.is_free", lambda _: True)
    monkeypatch.setenv("UDACONNECT_PORT", "41000")
    assert choose_ports() == {name: 41_000 + offset for name, offset in OFFSETS.items()}


@pytest.mark.parametrize("wrong", ["abc", "-1", "0", "65535", "70000", "4.5", "٤١٠٠٠"])
def test_a_first_port_that_cannot_be_is_told(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("UDACONNECT_PORT", wrong)
    with pytest.raises(SystemExit, match=f"UDACONNECT_PORT must be a port from 1 to .*, is '{wrong}'"):
        choose_ports()


def test_a_taken_port_is_replaced_by_a_free_one_and_the_others_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    first = spare_block()
    monkeypatch.setenv("UDACONNECT_PORT", str(first))
    with socket.create_server((HOST, first + OFFSETS["kafka"])) as _:
        chosen = choose_ports()
        assert chosen["kafka"] != first + OFFSETS["kafka"]
        assert is_free(chosen["kafka"])
    assert chosen["person_rest"] == first + OFFSETS["person_rest"]
    assert len(set(chosen.values())) == len(OFFSETS)


def test_a_port_on_which_somebody_listens_on_every_address_is_not_free() -> None:
    with socket.create_server(("", 0)) as server:
        assert not is_free(server.getsockname()[1])


def test_a_spare_block_is_one_that_nobody_listens_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deployment.native.ports.is_free", lambda port: port != 12_000 + OFFSETS["kafka"])
    monkeypatch.setattr("deployment.native.ports.SPARE_BLOCKS", [12_000, 12_500])
    assert {spare_block() for _ in range(20)} == {12_500}


@pytest.fixture
def given_here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test is given is free again after it."""
    given: dict[int, socket.socket] = {}
    monkeypatch.setattr("deployment.native.ports._given", given)
    yield
    for name in given.values():
        name.close()


@pytest.mark.usefixtures("given_here")
def test_no_free_port_is_given_twice_or_is_one_of_a_systems_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deployment.native.ports.is_free", lambda _: True)
    given = [free_port() for _ in range(800)]
    assert len(set(given)) == len(given)
    assert not {port % 500 for port in given} & set(OFFSETS.values())


@pytest.mark.usefixtures("given_here")
def test_a_port_that_another_process_was_given_is_not_given_until_that_one_has_ended() -> None:
    program = "from deployment.native.ports import free_port; print(free_port(), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    ) as other:
        assert other.stdout
        port = int(other.stdout.readline())
        assert is_free(port)
        assert not claim(port)
        other.communicate("\n")
    assert claim(port)
