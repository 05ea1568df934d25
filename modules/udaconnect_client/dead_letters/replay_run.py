"""The conversation around a replay: progress, what was published, what became of it."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import typer
from kafka import KafkaAdminClient, KafkaProducer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from udaconnect_client.dead_letters.letters import PROSPECTS, Selection
from udaconnect_client.dead_letters.replay import Replayed, dead_again, replay
from udaconnect_client.dead_letters.topic import (
    CONNECT_WITHIN_MS,
    DeadLetterTopic,
    Ends,
    KafkaAccessError,
    client_options,
)
from udaconnect_client.terminal import harmless

ALL_STORED, SOME_NOT, FAILED = 0, 1, 2
FAILURES_SHOWN = 3
LOOK_EVERY_S = 0.5


class Target(NamedTuple):
    bootstrap_servers: str
    topic: str
    group: str


def publish_again(letters: DeadLetterTopic, selection: Selection, target: Target, wait_s: float) -> None:
    """Publish the letters that are there now, say what became of them, and end with the exit status for it."""
    ends = letters.ends()
    replayed = published(letters, selection, ends, target)
    if not replayed.letters:
        typer.echo("No dead letters; nothing to replay.")
        return
    say_what_was_done(replayed)
    if not len(replayed.records):
        raise typer.Exit(FAILED)
    if not consumed(target, replayed, wait_s):
        typer.echo("What becomes of them is not known yet: the consumer has not come to them. `list` will say.")
        raise typer.Exit(SOME_NOT)
    again = dead_again(letters.read(Selection(), letters.ends(), starts=ends), target.topic, replayed.records)
    say_what_became_of_them(replayed, again)
    raise typer.Exit(SOME_NOT if again or replayed.failed else ALL_STORED)


def published(letters: DeadLetterTopic, selection: Selection, ends: Ends, target: Target) -> Replayed:
    producer = KafkaProducer(
        **client_options(target.bootstrap_servers),
        acks="all",
        enable_idempotence=True,
        compression_type="lz4",
        linger_ms=5,
        batch_size=256 * 1024,
        max_request_size=8 * 1024 * 1024,  # the topic has its own opinion
        allow_auto_create_topics=False,
    )
    try:
        if not producer.partitions_for(target.topic):
            raise KafkaAccessError(f"there is no topic {target.topic} (LOCATION_TOPIC says its name)")
        with bar("Replaying", letters.size(selection, ends)) as progress:
            return replay(producer, target.topic, letters.read(selection, ends, passed=progress))
    finally:
        producer.close(timeout=CONNECT_WITHIN_MS / 1000)


def consumed(target: Target, replayed: Replayed, wait_s: float) -> bool:
    """Wait until the consumer has committed everything that was published."""
    ends = replayed.records.ends(target.topic)
    deadline = time.monotonic() + wait_s
    with KafkaAdminClient(**client_options(target.bootstrap_servers)) as admin:
        while True:
            committed = admin.list_group_offsets(target.group).get(target.group, {})
            if all(partition in committed and committed[partition].offset >= end for partition, end in ends.items()):
                return True
            if time.monotonic() >= deadline:
                return False
            time.sleep(LOOK_EVERY_S)


def say_what_was_done(replayed: Replayed) -> None:
    text = f"Replayed {number_of_letters(replayed.letters.total())} ({by_reason(replayed.letters)})"
    if replayed.same:
        text += f"; {replayed.same:,} of them hold the same bytes as another one and went with it"
    typer.echo(f"{text}.")
    for letter, reason in replayed.failed[:FAILURES_SHOWN]:
        typer.echo(f"Kafka did not take the letter {letter.partition}:{letter.offset}: {reason}", err=True)
    if replayed.failed:
        typer.echo(f"{len(replayed.failed):,} were not taken by Kafka; they are dead letters as before.", err=True)


def say_what_became_of_them(replayed: Replayed, again: Counter[str]) -> None:
    if not again:
        typer.echo("The consumer has been over them: none is a dead letter again.")
        return
    # By location: one letter may have held many, of which some are stored now.
    typer.echo(f"The consumer has been over them. Dead letters again: {by_reason(again)}.")
    for reason in sorted(again):
        typer.echo(f"  {harmless(reason)}: {PROSPECTS.get(reason, 'not known')}")
    if (rest := replayed.locations - again.total()) > 0:
        typer.echo(f"The other {rest:,} locations are no dead letters any more.")


def number_of_letters(count: int) -> str:
    return f"{count:,} dead letter{'s' if count != 1 else ''}"


def by_reason(counted: Counter[str]) -> str:
    return ", ".join(f"{count:,} {harmless(reason)}" for reason, count in counted.most_common())


@contextmanager
def bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error, for a terminal alone. What it gives is told how much more has been done."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=total)
        yield lambda done: progress.advance(task, done)
