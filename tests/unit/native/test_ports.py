import socket

import pytest

from deployment.native.ports import HOST, OFFSETS, choose_ports, free_port, is_free, spare_block


def test_free_ports_are_the_block_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deployment.native.ports.is_free", lambda _: True)
    monkeypatch.setenv("UDACONNECT_PORT", "41000")
    assert choose_ports() == {name: 41_000 + offset for name, offset in OFFSETS.items()}


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


def test_no_free_port_is_given_twice_or_is_one_of_a_systems_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deployment.native.ports.is_free", lambda _: True)
    given = [free_port() for _ in range(5000)]
    assert len(set(given)) == len(given)
    assert not {port % 500 for port in given} & set(OFFSETS.values())
