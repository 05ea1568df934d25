"""What the user sees while locations are being sent: a bar on a terminal, and in any case one line at the end."""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from location_client.batches import Batch
from location_client.receipts import Tally
from location_client.sending import SendingError
from udaconnect_client.access import PLAIN, Access, AccessError
from udaconnect_client.connecting import connect, why_stopped
from udaconnect_client.terminal import harmless

REASONS_SHOWN = 3
INTERRUPTED = "Sending stopped: interrupted."
ALL_ACCEPTED, SOME_REJECTED, NOTHING_SENT = 0, 1, 2


def summary(tally: Tally) -> str:
    seconds = time.monotonic() - tally.started_at_s
    rate = tally.sent / max(seconds, 1e-3)
    text = f"{tally.sent:,} locations sent in {seconds:.1f} s ({rate:,.0f}/s): {tally.accepted:,} accepted"
    if tally.refused:
        text += f", {tally.refused:,} refused by the server"
    if tally.unreadable:
        text += f"; {tally.unreadable:,} not sent because unreadable"
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
        return tally, why_stopped(error)
    except KeyboardInterrupt:
        return tally, INTERRUPTED
    return tally, None


def say(line: str) -> None:
    """Print a line above the bar, if there is one. (typer.echo would write into it.)"""
    sys.stdout.write(harmless(line) + "\n")


def finish(tally: Tally, failure: str | None, remarks: Iterable[str] = ()) -> NoReturn:
    """Print the sum and what went wrong, and end with the exit status that says the same."""
    if tally.sent or tally.rejected:
        typer.echo(summary(tally))
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
