"""The page in a real Chromium: people and locations come from here, the looking is done by modules/frontend/page."""

import json
import math
import random
import sys
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.vitest import run_vitest

DAY = "2026-03-02"
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
MORNING = MIDNIGHT + timedelta(hours=9)
METRE = 1 / 111_320  # degrees of latitude

# Somebody who passes by a desk every half hour.
OFTEN_MEETINGS = 1_100
OFTEN_FIRST = datetime(2026, 1, 5, 9, tzinfo=UTC)
OFTEN_EVERY = timedelta(minutes=30)

# A day on foot, reported every 0.8 s.
WALK_FIXES = 100_000
WALK_STEP = timedelta(seconds=0.8)


def test_page(system: Any, make_fix: Any, addresses: Mapping[str, str]) -> None:
    """Ada walks 60 m beside Bob, and an hour later meets Eve for a minute."""
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
    for step in range(7):
        moment = later + timedelta(seconds=10 * step)
        fixes += [make_fix(ada, moment, latitude, longitude), make_fix(eve, moment, latitude, longitude + METRE)]
    walker = system.create_person("Wanda", "Walker", "Ways")
    fixes += walk(make_fix, walker, latitude, longitude)
    assert system.send(fixes, batch_size=10_000) == len(fixes)
    often = system.create_person("Olga", "Often", "Offices")
    fixes = list(passages(make_fix, often, system.create_person("Dan", "Desk", "Offices"), latitude, longitude))
    assert system.send(fixes, batch_size=10_000) == len(fixes)
    shy = system.create_person("Shy", "Quiet", "Whispers")
    sociable, fixes = three_together(system, make_fix, latitude - 0.3, longitude)
    assert system.send(fixes) == len(fixes)
    fixes = list(a_minute_together(make_fix, shy, system.create_person("Tell", "Tale", "Rumours"), latitude, longitude))
    assert system.send(fixes) == len(fixes)
    system.wait_until_consumed()
    meetings = system.get(f"/api/persons/{ada}/encounters", start_date=DAY, end_date=DAY)
    assert [meeting["person"]["id"] for meeting in meetings] == [bob, eve]

    who = {"id": ada, "walker": walker, "often": days_of(often), "shy": shy, "sociable": sociable}
    person = json.dumps({**who, "word": word, "day": DAY})
    seen = run_vitest("test:page", {**addresses, "PAGE_TEST_PERSON": person})
    sys.stdout.write(seen)  # how long what took: shown by -s


def passages(make_fix: Any, passer: int, sitter: int, latitude: float, longitude: float) -> Iterator[Any]:
    """Both report for 40 s every time, the one walks by the other."""
    desk = latitude - 0.1
    for meeting in range(OFTEN_MEETINGS):
        start = OFTEN_FIRST + meeting * OFTEN_EVERY
        for step in range(5):
            moment = start + timedelta(seconds=10 * step)
            yield make_fix(sitter, moment, desk, longitude)
            yield make_fix(passer, moment, desk + (step - 2) * METRE, longitude)


def a_minute_together(make_fix: Any, one: int, other: int, latitude: float, longitude: float) -> Iterator[Any]:
    """A good way off from where the others are."""
    there = latitude - 0.2
    for step in range(7):
        moment = MORNING + timedelta(seconds=10 * step)
        yield make_fix(one, moment, there, longitude)
        yield make_fix(other, moment, there, longitude + METRE)


def three_together(system: Any, make_fix: Any, latitude: float, longitude: float) -> tuple[int, list[Any]]:
    """Gil, Hal and Ida for five minutes, and Hal with Joy an hour later; Gil's id."""
    gil, hal = system.create_person("Gil", "Gregor", "Guilds"), system.create_person("Hal", "Host", "Halls")
    ida, joy = system.create_person("Ida", "Idle", "Inns"), system.create_person("Joy", "Joiner", "Joints")
    fixes = [
        make_fix(person_id, begin + timedelta(seconds=10 * step), latitude, longitude + place * METRE)
        for person_ids, begin in (((gil, hal, ida), MORNING), ((hal, joy), MORNING + timedelta(hours=1)))
        for step in range(31)
        for place, person_id in enumerate(person_ids)
    ]
    return gil, fixes


def days_of(person_id: int) -> dict[str, int | str]:
    last = OFTEN_FIRST + OFTEN_MEETINGS * OFTEN_EVERY
    return {"id": person_id, "from": f"{OFTEN_FIRST:%Y-%m-%d}", "to": f"{last:%Y-%m-%d}"}


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
