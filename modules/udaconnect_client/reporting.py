"""What the user sees while locations are being sent: a bar on a terminal, and in any case one line at the end."""

import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from udaconnect_client.access import PLAIN, Access, AccessError
from udaconnect_client.batches import Batch
from udaconnect_client.files.rows import Member, Place, Record
from udaconnect_client.sending import Receipt, SendingError, connect
from udaconnect_client.terminal import harmless

REASONS_SHOWN = 3
MOST_REASONS = 20  # that are counted apart
OTHER_REASONS = "for other reasons"
VALUE = re.compile(r"(, is .*|(?<=there is no person) \d+|(?<=header:) .*)$", re.DOTALL)
INTERRUPTED = "Sending stopped: interrupted."
ALL_ACCEPTED, SOME_REJECTED, NOTHING_SENT = 0, 1, 2


@dataclass
class Tally:
    """The sum of all receipts so far."""

    accepted: int = 0
    refused: int = 0
    unreadable: int = 0
    reasons: Counter[str] = field(default_factory=Counter)  # of what was rejected, without the values
    started_at_s: float = field(default_factory=time.monotonic)

    def add(self, receipt: Receipt) -> None:
        self.accepted += receipt.accepted
        self.refused += len(receipt.refused)
        self.unreadable += len(receipt.batch.unreadable)
        for _, name, reason in (*receipt.refused, *receipt.batch.unreadable):
            text = f"{name} {VALUE.sub('', reason)}".strip()
            self.reasons[text if text in self.reasons or len(self.reasons) < MOST_REASONS else OTHER_REASONS] += 1

    @property
    def sent(self) -> int:
        return self.accepted + self.refused

    @property
    def rejected(self) -> int:
        return self.refused + self.unreadable

    def summary(self) -> str:
        seconds = time.monotonic() - self.started_at_s
        rate = self.sent / max(seconds, 1e-3)
        text = f"{self.sent:,} locations sent in {seconds:.1f} s ({rate:,.0f}/s): {self.accepted:,} accepted"
        if self.refused:
            text += f", {self.refused:,} refused by the server"
        if self.unreadable:
            text += f"; {self.unreadable:,} not sent because unreadable"
        return text + "."


class Bar:
    """A progress bar, or nothing where nobody is looking."""

    def __init__(self, progress: Progress, total: float) -> None:
        self._progress = progress
        self._task = progress.add_task("Sending", total=total, accepted=0, rejected="")

    def show(self, done: float, tally: Tally) -> None:
        rejected = f", [red]{tally.rejected:,} rejected[/red]" if tally.rejected else ""
        self._progress.update(self._task, completed=done, accepted=tally.accepted, rejected=rejected)


@contextmanager
def bar(total: float) -> Iterator[Bar]:
    """A bar on standard error, cleared at the end. `total` is what `done` comes to in the end."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[accepted]:,} accepted{task.fields[rejected]}"),
    )
    with Progress(
        *columns,
        console=console,
        transient=True,
        disable=not console.is_terminal,
        redirect_stdout=sys.stdout.isatty(),  # what goes to a file must not come out above the bar instead
    ) as progress:
        yield Bar(progress, total)


def deliver(target: str, batches: Iterable[Batch], total: int, access: Access = PLAIN) -> tuple[Tally, str | None]:
    """Send all batches, with a bar; the first reasons of refusals are printed. Returns the sum and what went wrong."""
    tally = Tally()
    try:
        with connect(target, access) as sender, bar(total) as progress:
            for receipt in sender.send(batches):
                for _, field, reason in receipt.refused[: max(0, REASONS_SHOWN - tally.refused)]:
                    say(f"Refused: {field} {reason}")
                tally.add(receipt)
                progress.show(tally.sent, tally)
    except (SendingError, AccessError) as error:
        return tally, f"Sending stopped: {error}"
    except KeyboardInterrupt:
        return tally, INTERRUPTED
    return tally, None


def say(line: str) -> None:
    """Print a line above the bar, if there is one. (typer.echo would write into it.)"""
    sys.stdout.write(harmless(line) + "\n")


def where(place: Place) -> str:
    """A place in a file, for a person."""
    if isinstance(place, int):
        return f"line {place}"
    if isinstance(place, Record):
        return f"record {place.number}"
    if isinstance(place, Member):
        return f"{place.name}, {where(place.spot)}" if place.spot else place.name
    return f"line {place[0]}, feature {place[1]}"


def order(place: Place) -> tuple[str | int, ...]:
    """What places of one file are sorted by."""
    if isinstance(place, Member):
        return (place.name, *order(place.spot))
    return (place,) if isinstance(place, int) else place


def finish(tally: Tally, failure: str | None, remarks: Iterable[str] = ()) -> NoReturn:
    """Print the sum and what went wrong, and end with the exit status that says the same."""
    if tally.sent or tally.rejected:
        typer.echo(tally.summary())
    for reason, count in tally.reasons.most_common():
        say(f"  {count:,} rejected: {reason}")
    for remark in filter(None, remarks):
        say(remark)
    if failure:
        typer.echo(harmless(failure), err=True)
        if tally.accepted:
            typer.echo("What was accepted stays; sending the same again is harmless.", err=True)
    if not tally.sent:
        raise typer.Exit(NOTHING_SENT)
    raise typer.Exit(SOME_REJECTED if failure or tally.rejected else ALL_ACCEPTED)
