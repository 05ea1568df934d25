"""udaconnect push: the locations of a file go to the location_producer."""

from pathlib import Path
from typing import Annotated

import typer

from udaconnect_client.access import Access, AccessError, CaOption, CertOption, KeyOption, TokenFileOption
from udaconnect_client.addresses import address
from udaconnect_client.batches import LARGEST_BATCH, batches_of
from udaconnect_client.files.formats import READERS, reader_for
from udaconnect_client.files.rows import UnreadableFileError
from udaconnect_client.reporting import INTERRUPTED, Tally, bar, finish, say, where
from udaconnect_client.sending import Receipt, SendingError, connect


def push(  # noqa: PLR0913, PLR0917  each is an option
    file: Annotated[
        Path, typer.Argument(help=f"What to send: {', '.join(READERS)}.", exists=True, dir_okay=False, readable=True)
    ],
    person_id: Annotated[
        int | None,
        typer.Option(min=1, help="Whose locations these are, where the file does not say: GPX, or no such column."),
    ] = None,
    location_grpc: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="The location_producer. (Environment: LOCATION_GRPC.)")
    ] = None,
    batch_size: Annotated[int, typer.Option(min=1, max=LARGEST_BATCH, help="Locations in one call.")] = 1000,
    list_rejected: Annotated[int, typer.Option(min=0, help="How many of the rejected rows to list.")] = 1000,
    token_file: TokenFileOption = None,
    ca: CaOption = None,
    cert: CertOption = None,
    key: KeyOption = None,
) -> None:
    """Send the locations of a CSV, GPX or GeoJSON file.

    Rows that cannot be read and locations that the server refuses are listed with their line, field and reason, and do
    not stop the rest. Sending a file again is harmless. Ends with 0 if all was accepted, 1 if something was rejected,
    2 if nothing could be sent.
    """
    tally = Tally()
    failure = None
    try:
        read = reader_for(file)
        target, access = address("LOCATION_GRPC", location_grpc), Access(token_file, ca, cert, key)
        with file.open("rb") as opened, connect(target, access) as sender, bar(file.stat().st_size) as progress:
            for receipt in sender.send(batches_of(read(opened, person_id), batch_size)):
                print_rejected(receipt, at_most=list_rejected - tally.rejected)
                tally.add(receipt)
                progress.show(opened.tell(), tally)
    except UnreadableFileError as error:
        failure = f"{file} {error}"
    except (SendingError, AccessError) as error:
        failure = f"Sending stopped: {error}"
    except KeyboardInterrupt:
        failure = INTERRUPTED
    if tally.rejected > list_rejected:
        typer.echo(
            f"… and {tally.rejected - list_rejected:,} more rejected rows (--list-rejected says how many to list)"
        )
    if not failure and not tally.sent and not tally.rejected:
        failure = f"{file} holds no locations"
    finish(tally, failure)


def print_rejected(receipt: Receipt, at_most: int) -> None:
    """One line for each rejected row of a batch, in the order of the file."""
    rejected = sorted([*receipt.batch.unreadable, *receipt.refused])
    for place, field, reason in rejected[: max(0, at_most)]:
        say(f"{where(place)}: {field} {reason}")
