"""What people push by mistake is told to whoever pushes, before it is stored, and nobody else notices.

After osmandapp/OsmAnd#8489 (a logger of 18 fixes a second, whose times are cut to whole seconds) and
traccar/traccar#2021 (a mistyped id).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from udaconnect_client.__main__ import app

SECONDS, A_SECOND = 600, 18
STEP_DEGREES = 3e-7  # three centimetres


@pytest.fixture
def fast_logger(system: Any, tmp_path: Path) -> tuple[Path, datetime]:
    """Its track and when that begins."""
    start = system.fresh_week()
    points = [
        f'<trkpt lat="{50 + STEP_DEGREES * number:.7f}" lon="8.6">'
        f"<time>{start + timedelta(seconds=number // A_SECOND):%Y-%m-%dT%H:%M:%SZ}</time></trkpt>"
        for number in range(SECONDS * A_SECOND)
    ]
    track = tmp_path / "fast.gpx"
    track.write_text(f'<gpx version="1.1"><trk><trkseg>{"".join(points)}</trkseg></trk></gpx>')
    return track, start


def push(addresses: Mapping[str, str], track: Path, person_id: int) -> Result:
    command = ["push", str(track), "--person-id", str(person_id)]
    return CliRunner().invoke(app, command, env={name: addresses[name] for name in ("LOCATION_GRPC", "PERSON_URL")})


def test_points_of_one_second_are_spread_over_it_which_is_said_and_all_are_stored(
    system: Any, addresses: Mapping[str, str], fast_logger: tuple[Path, datetime]
) -> None:
    track, start = fast_logger
    ada = system.create_person()
    letters_before = len(system.dead_letters())

    pushed = push(addresses, track, ada)

    assert pushed.exit_code == 0, pushed.output
    assert "spread over it" in pushed.output
    system.wait_until_consumed()
    stored = system.query(
        "SELECT count(*), count(DISTINCT date_trunc('second', creation_time)), min(creation_time), "
        "max(creation_time) < %s FROM location WHERE person_id = %s",
        start + timedelta(seconds=SECONDS),
        ada,
    )
    assert stored == [(SECONDS * A_SECOND, SECONDS, start, True)]
    assert len(system.dead_letters()) == letters_before


def test_two_pushes_with_a_mistyped_id_are_refused_and_stop_nobody(
    system: Any, addresses: Mapping[str, str], fast_logger: tuple[Path, datetime], make_fix: Any
) -> None:
    track, start = fast_logger
    [[nobody]] = system.query("SELECT max(id) + 1000000 FROM person")
    letters_before = len(system.dead_letters())

    for _ in range(2):
        pushed = push(addresses, track, nobody)
        assert pushed.exit_code == 2, pushed.output
        assert str(nobody) in pushed.output

    ada = system.create_person()
    assert system.send([make_fix(ada, start, 50.0, 8.6)]) == 1
    system.wait_until_consumed()
    assert system.query("SELECT count(*) FROM location WHERE person_id = %s", ada) == [(1,)]
    assert len(system.dead_letters()) == letters_before
