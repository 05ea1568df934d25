"""The page in a real Chromium: people and locations come from here, the looking is done by modules/frontend/page."""

import json
import math
import os
import random
import subprocess
import sys
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

FRONTEND = Path(__file__).resolve().parents[3] / "modules" / "frontend"
DAY = "2026-03-02"
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
MORNING = MIDNIGHT + timedelta(hours=9)
METRE = 1 / 111_320  # degrees of latitude
LONGEST_S = 900

# A crowd of 500 that reports a million times in half a day.
CROWD_DAY = "2026-03-05"
CROWD = ("--people", "500", "--minutes", "335", "--seed", "7", "--start", f"{CROWD_DAY}T08:00:00Z")
MILLION = 1_000_000

# A day on foot, reported every 0.8 s.
WALK_FIXES = 100_000
WALK_STEP = timedelta(seconds=0.8)


def test_page(system: Any, make_fix: Any, addresses: Mapping[str, str]) -> None:
    """Ada walks 60 m beside Bob, and an hour later meets Eve for a moment."""
    number = uuid.uuid4().int
    word = f"P{number:032x}"[:12]
    latitude, longitude = number % 60_000 / 1000, number % 170_000 / 1000  # a place that no other run has used
    ada = system.create_person("Ada", word, "Engines")
    bob = system.create_person("Bob", "Noyce", "Chips")
    eve = system.create_person("Eve", "Curie", "Radium")
    fixes = []
    for step in range(61):
        moment, along = MORNING + timedelta(seconds=10 * step), latitude + step * METRE
        fixes += [make_fix(ada, moment, along, longitude), make_fix(bob, moment, along, longitude + 3 * METRE)]
    later = MORNING + timedelta(hours=1)
    fixes += [make_fix(ada, later, latitude, longitude), make_fix(eve, later, latitude, longitude + METRE)]
    walker = system.create_person("Wanda", "Walker", "Ways")
    fixes += walk(make_fix, walker, latitude, longitude)
    assert system.send(fixes, batch_size=10_000) == len(fixes)
    crowd = somebody_in_a_crowd(system, addresses)
    system.wait_until_consumed()
    meetings = system.get(f"/api/persons/{ada}/encounters", start_date=DAY, end_date=DAY)
    assert [meeting["person"]["id"] for meeting in meetings] == [bob, eve]

    person = json.dumps({"id": ada, "word": word, "day": DAY, "walker": walker, "crowd": crowd})
    seen = subprocess.run(
        ["npm", "run", "--silent", "test:page"],  # noqa: S607  from the same PATH as all of the front end's commands
        cwd=FRONTEND,
        env={**os.environ, "FRONTEND_URL": addresses["FRONTEND_URL"], "PAGE_TEST_PERSON": person, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    sys.stdout.write(seen.stdout)  # how long what took: shown by -s
    assert seen.returncode == 0, seen.stdout + seen.stderr


def somebody_in_a_crowd(system: Any, addresses: Mapping[str, str]) -> dict[str, int | str]:
    """Whoever reported most on that day; on a system that has not seen the crowd yet it is simulated."""
    day = f"creation_time >= '{CROWD_DAY}' AND creation_time < '{CROWD_DAY}'::date + 1"
    if system.query(f"SELECT count(*) FROM location WHERE {day}")[0][0] < MILLION:
        command = [sys.executable, "-m", "udaconnect_client", "simulate", *CROWD]
        subprocess.run(command, env={**os.environ, **addresses}, check=True, capture_output=True, timeout=LONGEST_S)
        system.wait_until_consumed()
    busiest = f"SELECT person_id FROM location WHERE {day} GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
    return {"id": system.query(busiest)[0][0], "day": CROWD_DAY}


def walk(make_fix: Any, person_id: int, latitude: float, longitude: float) -> list[Any]:
    """A way on foot that turns a little with every step, a good way off from where the others are."""
    chance = random.Random(1)  # noqa: S311  not for secrets
    fixes, heading, north, east = [], 0.0, latitude + 0.1, longitude
    for step in range(WALK_FIXES):
        heading += chance.gauss(0, 0.1)
        north += math.cos(heading) * METRE
        east += math.sin(heading) * METRE
        fixes.append(make_fix(person_id, MIDNIGHT + step * WALK_STEP, north, east))
    return fixes
