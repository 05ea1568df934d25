"""udaconnect push: the locations of a file go to the location_producer."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from location_client.batches import LARGEST_BATCH, batches_of
from location_client.readers.formats import NAMES, read_file
from location_client.readers.rows import WITHOUT_ZONE, Reading, Rejected, UnreadableFileError
from location_client.receipts import Tally, order, where
from location_client.sending import SendingError
from location_client.zones import UnknownZoneError, zone_called
from udaconnect_client.access import Access, AccessError, CaOption, CertOption, KeyOption, TokenFileOption
from udaconnect_client.addresses import address
from udaconnect_client.connecting import connect, why_stopped
from udaconnect_client.known_persons import KnownPersons, of_known_persons
from udaconnect_client.reporting import INTERRUPTED, NOTHING_SENT, bar, finish, say


def push(  # noqa: PLR0913, PLR0917  each is an option
    file: Annotated[
        Path, typer.Argument(help=f"What to send: {', '.join(NAMES)}.", exists=True, dir_okay=False, readable=True)
    ],
    person_id: Annotated[
        int | None,
        typer.Option(min=1, help="Whose locations these are, where the file does not say: tracks, or no such column."),
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="Where times without a zone are meant, such as Europe/Berlin. Default: UTC."),
    ] = None,
    location_grpc: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="The location_producer. (Environment: LOCATION_GRPC.)")
    ] = None,
    person_url: Annotated[
        str | None, typer.Option(metavar="URL", help="The person_service. (Environment: PERSON_URL.)")
    ] = None,
    batch_size: Annotated[int, typer.Option(min=1, max=LARGEST_BATCH, help="Locations in one call.")] = 1000,
    list_rejected: Annotated[int, typer.Option(min=0, help="How many of the rejected rows to list.")] = 1000,
    token_file: TokenFileOption = None,
    ca: CaOption = None,
    cert: CertOption = None,
    key: KeyOption = None,
) -> None:
    """Send the locations of a file: a table, a track, what a phone or a watch exports; also packed.

    Rows that cannot be read and locations that the server refuses are listed with their line, field and reason, and do
    not stop the rest. Sending a file again is harmless. Ends with 0 if all was accepted, 1 if something was rejected,
    2 if nothing could be sent.
    """
    tally = Tally()
    failure = None
    reading = Reading(person_id, zone_of_option(zone))
    access = Access(token_file, ca, cert, key)
    known = None
    try:
        known = KnownPersons(address("PERSON_URL", person_url), access)
        if person_id and not known.are_there(person_id):
            typer.echo(f"Nothing was sent: there is no person {person_id}. {known.summary()}", err=True)
            raise typer.Exit(NOTHING_SENT)
        target = address("LOCATION_GRPC", location_grpc)
        with file.open("rb") as opened, connect(target, access) as sender, bar(file.stat().st_size) as progress:
            rows = of_known_persons(read_file(opened, file.name, reading), known)
            for receipt in sender.send(batches_of(rows, batch_size)):
                print_rejected([*receipt.batch.unreadable, *receipt.refused], at_most=list_rejected - tally.rejected)
                tally.add(receipt)
                progress.show(opened.tell(), tally)
    except UnreadableFileError as error:
        failure = f"{file} {error}"
    except OSError as error:
        failure = f"{file} cannot be read: {error.strerror or error}"
    except (SendingError, AccessError) as error:
        failure = why_stopped(error)
    except KeyboardInterrupt:
        failure = INTERRUPTED
    if tally.rejected > list_rejected:
        typer.echo(
            f"… and {tally.rejected - list_rejected:,} more rejected rows (--list-rejected says how many to list)"
        )
    if not failure and not tally.sent and not tally.rejected:
        failure = f"{file} holds no locations"
    finish(tally, failure, [*remarks_of(reading), *([known.summary()] if known else [])])


def remarks_of(reading: Reading) -> list[str]:
    """What was done on the way that nobody might expect."""
    hints = {WITHOUT_ZONE: " (--zone says another)"}
    return [f"{count:,} {text}{hints.get(text, '')}." for text, count in reading.remarks.most_common()]


def zone_of_option(name: str | None) -> ZoneInfo | None:
    """Raises typer.BadParameter."""
    try:
        return zone_called(name or "")
    except UnknownZoneError as error:
        raise typer.BadParameter(str(error)) from None


def print_rejected(rejected: list[Rejected], at_most: int) -> None:
    """One line for each rejected row of a batch, in the order of the file."""
    for place, field, reason in sorted(rejected, key=lambda one: order(one.place))[: max(0, at_most)]:
        say(f"{where(place)}: {field} {reason}" if field else f"{where(place)} {reason}")
