"""Dead letters on a terminal: counted, listed without coordinates, or one of them with all that is known."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import typer
from rich.table import Table

from location_client.readers.instants import EPOCH
from udaconnect_client.dead_letters.letters import PROSPECTS, DeadLetter
from udaconnect_client.terminal import cell, print_table

BYTES_SHOWN = 256
LOCATIONS_SHOWN = 100


@dataclass
class Sum:
    """How many letters of a reason, with how many locations, and the first and the last of them."""

    letters: int = 0
    locations: int = 0
    first: datetime = field(default=EPOCH)
    last: datetime = field(default=EPOCH)

    def add(self, letter: DeadLetter) -> None:
        self.first = min(self.first, letter.time) if self.letters else letter.time
        self.last = max(self.last, letter.time)
        self.letters += 1
        self.locations += letter.size


def prospects(counted: Counter[str]) -> Table:
    table = columns("Reason", "Letters", "What becomes of them", right={"Letters"})
    for reason, count in counted.most_common():
        table.add_row(cell(reason), f"{count:,}", PROSPECTS.get(reason, "not known"))
    return table


def summary(sums: Mapping[str, Sum]) -> Table:
    table = columns(
        "Reason", "Letters", "First (UTC)", "Last (UTC)", "Locations", "After a replay", right={"Letters", "Locations"}
    )
    for reason, one in sorted(sums.items(), key=lambda item: -item[1].letters):
        when = clock(one.first), clock(one.last)
        prospect = PROSPECTS.get(reason, "not known")
        table.add_row(cell(reason), f"{one.letters:,}", *when, f"{one.locations:,}", prospect)
    if len(sums) > 1:
        letters, locations = (sum(getattr(one, name) for one in sums.values()) for name in ("letters", "locations"))
        table.add_row("all", f"{letters:,}", "", "", f"{locations:,}")
    return table


def listed(letters: Iterable[DeadLetter]) -> Table:
    table = columns("Offset", "Given up (UTC)", "Reason", "From", "Person", "Detail", right={"Offset", "Person"})
    for letter in letters:
        locations = letter.locations()
        persons = {location.person_id for location in locations[:LOCATIONS_SHOWN]}
        table.add_row(
            f"{letter.partition}:{letter.offset}" if letter.partition else str(letter.offset),
            clock(letter.time),
            cell(letter.reason),
            cell(came_from(letter)),
            str(*persons) if len(persons) == 1 else "",
            cell(letter.headers.get("detail", "")),
        )
    return table


def came_from(letter: DeadLetter) -> str:
    if letter.origin is None:
        return (
            f"{letter.headers.get('app', '')} device {letter.headers['device']}" if "device" in letter.headers else "?"
        )
    place = f"{letter.origin.topic} {letter.origin.partition}:{letter.origin.offset}"
    if not letter.positions:
        return place
    first, *others = letter.positions
    return f"{place} #{first} and {len(others):,} more" if others else f"{place} #{first}"


def print_letter(letter: DeadLetter) -> None:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_row("dead letter", f"partition {letter.partition}, offset {letter.offset}")
    for name, value in letter.headers.items():
        table.add_row(cell(name), cell(value))
    table.add_row("after a replay", PROSPECTS.get(letter.reason, "not known"))
    table.add_row("value", f"{len(letter.value):,} bytes")
    print_table(table)
    shown = letter.value[:BYTES_SHOWN]
    for start in range(0, len(shown), 16):
        row = shown[start : start + 16]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)  # noqa: PLR2004  what ASCII can print
        typer.echo(f"  {start:04x}  {row.hex(' '):<47}  {text}")
    if len(letter.value) > len(shown):
        typer.echo(f"  … and {len(letter.value) - len(shown):,} more bytes")
    locations = letter.locations()
    for location in locations[:LOCATIONS_SHOWN]:
        typer.echo("location")
        for line in str(location).splitlines():
            typer.echo(f"  {line}")
    if len(locations) > LOCATIONS_SHOWN:
        typer.echo(f"… and {len(locations) - LOCATIONS_SHOWN:,} more locations")


def columns(*headings: str, right: set[str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, justify="right" if heading in right else "left", no_wrap=heading != "Detail")
    return table


def clock(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}"
