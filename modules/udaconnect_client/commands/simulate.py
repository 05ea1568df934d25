"""udaconnect simulate: a conference whose phones report; sent, or written to a file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from location_client.batches import LARGEST_BATCH
from location_client.readers.instants import parse_instant
from udaconnect_client.access import Access, AccessError, CaOption, CertOption, KeyOption, TokenFileOption
from udaconnect_client.addresses import address
from udaconnect_client.pacing import Rate, paced
from udaconnect_client.people import MOST_PEOPLE, PersonServiceError, find_or_create, invent
from udaconnect_client.reporting import NOTHING_SENT, deliver, finish
from udaconnect_client.simulation.conference import Conference
from udaconnect_client.simulation.conference_files import write_fixes, write_truth, write_venue
from udaconnect_client.simulation.phones import SINE
from udaconnect_client.simulation.true_meetings import true_meetings


def read_start(text: str) -> datetime:
    try:
        return parse_instant(text)
    except ValueError:
        raise typer.BadParameter(f"must be a time such as 2026-03-02T10:00:00Z, is {text!r}") from None


def read_rate(text: str) -> Rate:
    try:
        return Rate.parse(text)
    except ValueError:
        raise typer.BadParameter(f"must be unlimited, or a number above 0 such as 500 or 10x, is {text!r}") from None


def simulate(  # noqa: PLR0913, PLR0917  each is an option
    people: Annotated[int, typer.Option(min=1, max=MOST_PEOPLE, help="How many come.")] = 40,
    minutes: Annotated[float, typer.Option(min=0.1, max=14_400, help="How long it lasts.")] = 45,
    seed: Annotated[int, typer.Option(min=0, help="The same seed makes the same conference.")] = 1,
    interval: Annotated[float, typer.Option(min=0.1, help="Seconds between two fixes of a phone, on average.")] = 10,
    accuracy: Annotated[float, typer.Option(min=0, help="Radius in metres that phones report, the median.")] = 3,
    drift: Annotated[
        float | None,
        typer.Option(
            min=0.1,
            help="Let half of the errors' variance wander and be forgotten in so many seconds (Gauss-Markov), as real "
            "errors do. Default: it swings to and fro, and averages away.",
        ),
    ] = None,
    outliers: Annotated[
        float, typer.Option(min=0, max=1, help="Share of fixes that are 20 to 50 m off, and do not say so.")
    ] = 0,
    sleeps: Annotated[
        int, typer.Option(min=0, max=6, help="Times an hour that each phone reports nothing for 2 to 10 minutes.")
    ] = 0,
    strolls: Annotated[
        float,
        typer.Option(min=0, max=1, help="Share of people who walk side by side, in pairs, while others visit booths."),
    ] = 0,
    start: Annotated[
        datetime | None,
        typer.Option(parser=read_start, metavar="TIME", help="When it begins. Default: so that it ends now."),
    ] = None,
    rate: Annotated[
        Rate,
        typer.Option(parser=read_rate, metavar="RATE", help="unlimited, 500 (a second), or 10x (times real time)."),
    ] = "unlimited",  # type: ignore[assignment] # the parser makes a Rate of it
    create_people: Annotated[
        bool | None,
        typer.Option(
            "--create-people/--no-create-people",
            help="Find or create people by the person service, or take the ids from 1. Default: create, unless --out.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write the fixes to this CSV file; send nothing.")
    ] = None,
    truth: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write the true meetings to this CSV file.")
    ] = None,
    truth_distance: Annotated[float, typer.Option(min=0.1, help="Metres apart, at most, in a true meeting.")] = 2,
    truth_duration: Annotated[float, typer.Option(min=0, help="Seconds that a true meeting lasts at least.")] = 120,
    venue: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write the floor plan to this GeoJSON file.")
    ] = None,
    location_grpc: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="The location_producer. (Environment: LOCATION_GRPC.)")
    ] = None,
    person_url: Annotated[
        str | None, typer.Option(metavar="URL", help="The person_service. (Environment: PERSON_URL.)")
    ] = None,
    batch_size: Annotated[int, typer.Option(min=1, max=LARGEST_BATCH, help="Locations in one call.")] = 1000,
    token_file: TokenFileOption = None,
    ca: CaOption = None,
    cert: CertOption = None,
    key: KeyOption = None,
) -> None:
    """Simulate a conference: people hear talks, visit booths, drink coffee in groups, and their phones report.

    A second run with the same seed finds the people of the first. Ends with 0 if all was accepted, 1 if something was
    rejected, 2 if nothing could be sent.
    """
    access = Access(token_file, ca, cert, key)
    try:
        drifting = SINE if drift is None else SINE._replace(time_constant_s=drift)
        conference = Conference(people, minutes, seed, interval, accuracy, drifting, outliers, sleeps, strolls)
        start = start or rate.latest_start(datetime.now(UTC).replace(microsecond=0), timedelta(minutes=minutes))
        ids = np.arange(1, people + 1)
        if out is None if create_people is None else create_people:
            found, created = find_or_create(address("PERSON_URL", person_url), invent(people, seed), access)
            ids = np.array(found)
            typer.echo(f"People: {people - created:,} were there already, {created:,} created.")
        typer.echo(f"Conference: {people:,} people from {start:%Y-%m-%d %H:%M:%S} UTC on, {minutes:g} minutes.")
        if venue:
            write_venue(venue, conference.venue)
            typer.echo(f"{venue}: the floor plan.")
        if truth:
            meetings = true_meetings(conference.stretches(), distance_m=truth_distance, lasts_s=truth_duration)
            typer.echo(f"{truth}: {write_truth(truth, meetings, start, ids):,} true meetings.")
        fixes = conference.fixes(start, ids)
        if out:
            typer.echo(f"{out}: {write_fixes(out, fixes):,} fixes.")
            return
    except (PersonServiceError, AccessError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(NOTHING_SENT) from None
    batches = paced(fixes, start, rate, batch_size)
    finish(*deliver(address("LOCATION_GRPC", location_grpc), batches, sum(conference.fixes_of_each), access))
