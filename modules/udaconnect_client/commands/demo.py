"""udaconnect demo: a small conference goes the whole way, and the meetings found are shown.

It is the same conference all day long, so that running it again sends the same locations again, which changes nothing.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urljoin

import numpy as np
import typer

from udaconnect_client.access import AccessError, access_of_environment
from udaconnect_client.addresses import address
from udaconnect_client.commands.meetings import ConnectionServiceError, Meeting, encounters, get_pages, table
from udaconnect_client.pacing import Rate, paced
from udaconnect_client.people import PersonServiceError, find_or_create, invent
from udaconnect_client.reporting import deliver, summary
from udaconnect_client.simulation.conference import Conference
from udaconnect_client.simulation.conference_files import write_venue
from udaconnect_client.simulation.true_meetings import true_meetings
from udaconnect_client.terminal import harmless, print_table

CONFERENCE = Conference(people=40, minutes=45, seed=1, interval_s=10, accuracy_m=1.5)
LENGTH = timedelta(minutes=CONFERENCE.minutes)
BEGINS_AT_HOURS = (9, 0)  # the second one for those who run it before the first one is over
SHOWN = 8
VISIBLE_WITHIN_S = 30.0
POLL_EVERY_S = 0.1
QUESTION = {"distance": "2", "min_duration": "120"}  # as true_meetings() sees it


class DemoError(Exception):
    """What went wrong, for the user."""


def main(
    venue: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write the floor plan to this GeoJSON file.")
    ] = None,
) -> None:
    """Ends with 0, or with 1 and a sentence on standard error. Waits for no service."""
    try:
        if venue:
            write_venue(venue, CONFERENCE.venue)
        run()
    except (PersonServiceError, ConnectionServiceError, AccessError, DemoError, OSError) as error:
        typer.echo(harmless(f"The demonstration failed: {error}"), err=True)
        raise SystemExit(1) from None


def run() -> None:
    connection_url = address("CONNECTION_URL")
    start = start_of_conference(datetime.now(UTC))
    people = invent(CONFERENCE.people, CONFERENCE.seed)
    ids, created = find_or_create(address("PERSON_URL"), people, access_of_environment())
    typer.echo(f"A simulated conference on {start:%Y-%m-%d}, {start:%H:%M} to {start + LENGTH:%H:%M} UTC.")
    typer.echo(f"{len(ids)} people: {created} created, {len(ids) - created} already there.")
    typer.echo(send(start, ids))
    period = {"start_date": f"{start:%Y-%m-%dT%H:%M:%SZ}", "end_date": f"{start + LENGTH:%Y-%m-%dT%H:%M:%SZ}"}
    wait_until_visible(connection_url, ids, period)
    names = {
        person_id: f"{person.first_name} {person.last_name}" for person_id, person in zip(ids, people, strict=True)
    }
    # Each meeting is found from both sides; whose side counts does not depend on who was created first.
    number = {person_id: position for position, person_id in enumerate(ids)}
    found = [
        (person_id, meeting)
        for person_id, name in names.items()
        for meeting in encounters(connection_url, person_id, name, access_of_environment(), **period, **QUESTION)
        if number[person_id] < number.get(meeting.with_id, 0)
    ]
    longest = sorted((meeting for _, meeting in found), key=lambda meeting: meeting.lasted, reverse=True)[:SHOWN]
    typer.echo(f"\nMeetings found, within 2 m for 2 minutes or more: {len(found)}. The longest (times are UTC):\n")
    print_table(table(longest, time_format="%H:%M:%S"))
    typer.echo(f"\n{against_truth(found, ids, start)}\nThe map: {address('FRONTEND_URL')}")


def against_truth(found: Iterable[tuple[int, Meeting]], ids: Sequence[int], start: datetime) -> str:
    """How many of the meetings that truly took place were found, and how many of those found did.

    A true meeting and one that was found are the same where it is of the same two, and they have some time in common.
    """
    found_of: dict[frozenset[int], list[Meeting]] = defaultdict(list)
    for person_id, meeting in found:
        found_of[frozenset((person_id, meeting.with_id))].append(meeting)
    true_of: dict[frozenset[int], list[tuple[datetime, datetime]]] = defaultdict(list)
    for meetings in true_meetings(CONFERENCE.stretches()):
        for person, other, started_s, ended_s, _ in zip(*(column.tolist() for column in meetings), strict=True):
            period = start + timedelta(seconds=started_s), start + timedelta(seconds=ended_s)
            true_of[frozenset((ids[person], ids[other]))].append(period)
    seen = sum(
        any(meeting.started_at < ends and begins < meeting.ended_at for meeting in found_of[pair])
        for pair, periods in true_of.items()
        for begins, ends in periods
    )
    true = sum(
        any(meeting.started_at < ends and begins < meeting.ended_at for begins, ends in true_of[pair])
        for pair, meetings_ in found_of.items()
        for meeting in meetings_
    )
    took_place, claimed = (sum(map(len, of.values())) for of in (true_of, found_of))
    return (
        f"The simulation knows that {took_place} meetings took place: {seen} of them were found.\n"
        f"Of the {claimed} that were found, {true} took place."
    )


def start_of_conference(now: datetime) -> datetime:
    """The latest of the possible starts whose conference is over."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    starts = (midnight + timedelta(days=day, hours=hour) for day in (0, -1) for hour in BEGINS_AT_HOURS)
    return next(start for start in starts if start + LENGTH <= now)


def send(start: datetime, ids: Sequence[int]) -> str:
    """Send the conference; returns what to say of it. Raises DemoError unless all was accepted."""
    batches = paced(CONFERENCE.fixes(start, np.array(ids)), start, Rate(), batch_size=1000)
    tally, failure = deliver(address("LOCATION_GRPC"), batches, sum(CONFERENCE.fixes_of_each), access_of_environment())
    if failure or tally.rejected:
        raise DemoError(failure or summary(tally))
    return summary(tally)


def wait_until_visible(connection_url: str, ids: Sequence[int], period: dict[str, str]) -> None:
    """Return when every fix of everybody can be asked for. Raises DemoError where that takes too long."""
    give_up_at = time.monotonic() + VISIBLE_WITHIN_S
    for person_id, expected in zip(ids, CONFERENCE.fixes_of_each, strict=True):
        url = urljoin(connection_url, f"/api/persons/{person_id}/locations")
        while (visible := sum(len(page) for page in get_pages(url, period, access_of_environment()))) < expected:
            if time.monotonic() > give_up_at:
                raise DemoError(
                    f"after {VISIBLE_WITHIN_S:.0f} s only {visible} of the {expected} locations of person {person_id} "
                    "can be seen; the log of location_consumer should say why"
                )
            time.sleep(POLL_EVERY_S)
