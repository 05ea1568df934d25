"""A mistake is put right, and what was given up because of it is stored after all."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from typer.testing import CliRunner, Result

from udaconnect_client.__main__ import app

UNKNOWN, OTHERS = 40, 5


def replay(addresses: Mapping[str, str], first_offset: int, *arguments: str) -> Result:
    command = ["dead-letters", "replay", "--offsets", f"{first_offset}-", *arguments]
    return CliRunner().invoke(app, command, env={"KAFKA_BOOTSTRAP_SERVERS": addresses["KAFKA_BOOTSTRAP_SERVERS"]})


def test_locations_of_a_person_who_was_unknown_are_stored_by_a_replay_and_once(
    system: Any, addresses: Mapping[str, str], make_fix: Any
) -> None:
    start = system.fresh_week()
    nobody = system.query("SELECT max(id) + 1000000 FROM person")[0][0]
    ada = system.create_person()
    letters_before = len(system.dead_letters())
    lost = [make_fix(nobody, start + timedelta(seconds=number), 1.0, 1.0) for number in range(UNKNOWN)]
    stored = [make_fix(ada, start + timedelta(seconds=number), 1.0, 1.0) for number in range(OTHERS)]
    elsewhere = [make_fix(ada, start, 2.0, 2.0)]
    system.publish(*lost)
    assert system.send(stored) == OTHERS
    system.wait_until_consumed()
    assert system.send(elsewhere) == 1
    system.wait_until_consumed()
    assert len(system.dead_letters()) == letters_before + 2, "one for all of a record that have the same reason"

    again = replay(addresses, letters_before)
    assert again.exit_code == 1, again.output
    assert "Dead letters again: 40 unknown_person, 1 conflict" in again.output

    system.query(
        "INSERT INTO person (id, first_name, last_name, company_name) VALUES (%s, 'Nobody', 'No', 'None') RETURNING id",
        nobody,
    )
    first = replay(addresses, letters_before, "--reason", "unknown_person")
    assert first.exit_code == 0, first.output
    assert re.search(r"Replayed 2 .*; 1 of them hold the same bytes", first.output), first.output
    assert "none is a dead letter again" in first.output
    second = replay(addresses, letters_before, "--reason", "unknown_person")
    assert second.exit_code == 0, second.output

    [[count]] = system.query("SELECT count(*) FROM location WHERE person_id = %s", nobody)
    assert count == UNKNOWN
    conflict = replay(addresses, letters_before, "--reason", "conflict")
    assert conflict.exit_code == 1
    assert "conflict: a conflict again: the other place stays stored" in conflict.output
    [[latitude]] = system.query(
        "SELECT ST_Y(coordinate) FROM location WHERE person_id = %s AND creation_time = %s", ada, start
    )
    assert latitude == 1.0
