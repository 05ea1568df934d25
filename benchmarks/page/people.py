"""People to look at: a conference, a dense crowd, and somebody who went a long way."""

import csv
import math
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2
import requests

from benchmarks.page.plan import LONG_TRACK_FIXES, Plan

CONFERENCE_DAY, CROWD_DAY, LONG_DAY = "2026-03-03", "2026-03-05", "2026-03-07"
LONG_STEP = timedelta(seconds=0.8)
METRE = 1 / 111_320  # degrees of latitude
LOOK_EVERY_S = 0.5
GIVE_UP_AFTER_S = 1800

Links = dict[str, str]
"""Addresses of the page by what is looked at: conference, crowd, short, long."""


def prepare(environment: Mapping[str, str], plan: Plan) -> Links:
    """Returns when all of it can be asked for."""
    simulate(environment, CONFERENCE_DAY, people=40, minutes=45)
    simulate(environment, CROWD_DAY, people=plan.crowd_people, minutes=plan.crowd_minutes)
    walker = walk(environment)
    wait_until_stored(environment, LONG_DAY, LONG_TRACK_FIXES)
    page = environment["FRONTEND_URL"]
    attendee = busiest(environment, CONFERENCE_DAY)
    return {
        "conference": link(page, attendee, CONFERENCE_DAY),
        "crowd": link(page, busiest(environment, CROWD_DAY), CROWD_DAY),
        "short": link(page, attendee, CONFERENCE_DAY),
        "long": link(page, walker, LONG_DAY),
    }


def link(page: str, person_id: int, day: str) -> str:
    return f"{page}/?person={person_id}&from={day}&to={day}&zone=UTC"


def simulate(environment: Mapping[str, str], day: str, *, people: int, minutes: int) -> None:
    size = ("--people", str(people), "--minutes", str(minutes), "--seed", "7", "--start", f"{day}T08:00:00Z")
    command(environment, "simulate", *size)


def walk(environment: Mapping[str, str]) -> int:
    """Somebody who reports every 0.8 s of a day on foot; returns who."""
    body = {"first_name": "Wanda", "last_name": "Walker", "company_name": "Ways"}
    answer = requests.post(f"{environment['PERSON_URL']}/api/persons", json=body, timeout=60)
    answer.raise_for_status()
    person_id = int(answer.json()["id"])
    file = Path(environment["UDACONNECT_VAR"]) / "long_way.csv"
    with file.open("w", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["person_id", "creation_time", "latitude", "longitude"])
        writer.writerows((person_id, *fix) for fix in way())
    command(environment, "push", str(file))
    return person_id


def way() -> Iterator[tuple[str, float, float]]:
    """A way on foot that turns a little with every step: times, latitudes, longitudes."""
    chance = random.Random(1)  # noqa: S311  not for secrets
    start, heading, latitude, longitude = datetime.fromisoformat(LONG_DAY).replace(tzinfo=UTC), 0.0, 40.0, 20.0
    for step in range(LONG_TRACK_FIXES):
        heading += chance.gauss(0, 0.1)
        latitude += math.cos(heading) * METRE
        longitude += math.sin(heading) * METRE
        yield (start + step * LONG_STEP).isoformat(), latitude, longitude


def command(environment: Mapping[str, str], *words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "udaconnect_client", *words], env=environment, check=True, capture_output=True
    )


def wait_until_stored(environment: Mapping[str, str], day: str, locations: int) -> None:
    deadline = time.monotonic() + GIVE_UP_AFTER_S
    while (stored := counted(environment, day)) < locations:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{stored:,} of {locations:,} locations are stored")
        time.sleep(LOOK_EVERY_S)


ON_THAT_DAY = "FROM location WHERE creation_time >= %(day)s::date AND creation_time < %(day)s::date + 1"


def counted(environment: Mapping[str, str], day: str) -> int:
    return asked(environment, f"SELECT count(*) {ON_THAT_DAY}", day)


def busiest(environment: Mapping[str, str], day: str) -> int:
    """Who reported most on that day."""
    return asked(environment, f"SELECT person_id {ON_THAT_DAY} GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1", day)


def asked(environment: Mapping[str, str], statement: str, day: str) -> int:
    session = psycopg2.connect(environment["DATABASE_URL"])
    try:
        with session.cursor() as cursor:
            cursor.execute(statement, {"day": day})
            [(answer,)] = cursor.fetchall()
    finally:
        session.close()
    return int(answer)
