"""udaconnect dead-letters: what could never be stored; list it, show one of it, and try again after a fix."""

from collections import Counter, deque
from datetime import datetime
from typing import Annotated, NoReturn

import typer

from location_client.readers.instants import parse_instant
from udaconnect_client.addresses import address
from udaconnect_client.dead_letters.letters import PROSPECTS, DeadLetter, Selection
from udaconnect_client.dead_letters.replay_run import FAILED, Target, bar, number_of_letters, publish_again
from udaconnect_client.dead_letters.tables import Sum, listed, print_letter, prospects, summary
from udaconnect_client.dead_letters.topic import DeadLetterTopic, KafkaAccessError, dead_letter_topic
from udaconnect_client.terminal import print_table

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Reasons = Annotated[
    list[str] | None, typer.Option("--reason", help=f"Only these ({', '.join(PROSPECTS)}); may be repeated.")
]
Since = Annotated[str | None, typer.Option(metavar="TIME", help="Given up then or later: a day or an instant, UTC.")]
Until = Annotated[str | None, typer.Option(metavar="TIME", help="Given up then or before.")]
Offsets = Annotated[
    str | None,
    typer.Option(metavar="A-B", help="Their own offsets, both ends included; one end may be left out, as in 500-."),
]
Servers = Annotated[
    str | None,
    typer.Option("--kafka", metavar="HOST:PORT", help="Kafka. (Environment: KAFKA_BOOTSTRAP_SERVERS.)"),
]
Topic = Annotated[str, typer.Option("--topic", envvar="DEAD_LETTER_TOPIC", help="The dead-letter topic.")]


@app.callback()
def dead_letters() -> None:
    """What could never be stored: list it, show one of it, try again after a fix."""


@app.command("list")
def list_(  # noqa: PLR0913, PLR0917  each is an option
    reason: Reasons = None,
    since: Since = None,
    until: Until = None,
    offsets: Offsets = None,
    limit: Annotated[int, typer.Option(min=0, help="How many to list one by one: the newest. 0: none.")] = 20,
    kafka: Servers = None,
    topic: Topic = "location.dead-letter",
) -> None:
    """Count dead letters by their reason, and list the newest. Coordinates are not shown."""
    selection = selection_of(reason, since, until, offsets)
    sums: dict[str, Sum] = {}
    newest: deque[DeadLetter] = deque(maxlen=limit)
    try:
        with dead_letter_topic(address("KAFKA_BOOTSTRAP_SERVERS", kafka), topic) as letters:
            ends = letters.ends()
            with bar("Reading", letters.size(selection, ends)) as progress:
                for letter in letters.read(selection, ends, passed=progress):
                    sums.setdefault(letter.reason, Sum()).add(letter)
                    newest.append(letter)
    except KafkaAccessError as error:
        fail(error)
    if not sums:
        typer.echo("No dead letters.")
        return
    if newest:
        print_table(listed(newest))
        if (others := sum(one.letters for one in sums.values()) - len(newest)) > 0:
            typer.echo(f"… and {others:,} before them (--limit says how many to list)")
        typer.echo()
    print_table(summary(sums))


@app.command("show")
def show_one(
    letter: Annotated[str, typer.Argument(metavar="OFFSET", help="As listed: 17, or 0:17 with its partition.")],
    kafka: Servers = None,
    topic: Topic = "location.dead-letter",
) -> None:
    """Show one dead letter with all that is known of it, coordinates included."""
    partition, _, offset = letter.rpartition(":")
    if not offset.isdecimal() or not (partition or "0").isdecimal():
        raise typer.BadParameter(f"{letter} is not an offset such as 17 or 0:17")
    try:
        with dead_letter_topic(address("KAFKA_BOOTSTRAP_SERVERS", kafka), topic) as letters:
            found = letters.one(int(partition or 0), int(offset))
    except KafkaAccessError as error:
        fail(error)
    if found is None:
        fail(f"there is no dead letter {letter} (any more)")
    print_letter(found)


@app.command("replay")
def replay_(  # noqa: PLR0913, PLR0917  each is an option
    reason: Reasons = None,
    since: Since = None,
    until: Until = None,
    offsets: Offsets = None,
    everything: Annotated[bool, typer.Option("--all", help="Every dead letter there is.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for what becomes of them.")] = 60,
    kafka: Servers = None,
    topic: Topic = "location.dead-letter",
    location_topic: Annotated[str, typer.Option(envvar="LOCATION_TOPIC", help="Where they go.")] = "location",
    group: Annotated[str, typer.Option(envvar="CONSUMER_GROUP", help="Who stores them.")] = "location_consumer",
) -> None:
    """Publish dead letters to the location topic again, after a fix.

    The bytes are the original ones. May be repeated: what is stored already stays as it is, and what still cannot be
    stored becomes a dead letter again. Ends with 0 if none is a dead letter again, 1 if some are or it is not known
    yet, 2 if nothing could be done.
    """
    selection = selection_of(reason, since, until, offsets)
    if not (reason or since or until or offsets or everything):
        raise typer.BadParameter("say which (--reason, --since, --until, --offsets), or --all")
    servers = address("KAFKA_BOOTSTRAP_SERVERS", kafka)
    try:
        with dead_letter_topic(servers, topic) as letters:
            if dry_run:
                say_what_would_be_done(letters, selection)
            else:
                publish_again(letters, selection, Target(servers, location_topic, group), wait)
    except KafkaAccessError as error:
        fail(error)


def selection_of(reasons: list[str] | None, since: str | None, until: str | None, offsets: str | None) -> Selection:
    """Raises typer.BadParameter."""
    if unknown := set(reasons or ()) - PROSPECTS.keys():
        raise typer.BadParameter(f"{', '.join(sorted(unknown))} is none of {', '.join(PROSPECTS)}")
    first, dash, last = (offsets or "0-").partition("-")
    if not all(end.isdecimal() or not end for end in (first, last)) or not (first or last):
        raise typer.BadParameter(f"{offsets} is not a range of offsets such as 17, 17-20, 17- or -20")
    last_offset = int(last) if last else None if dash else int(first)
    return Selection(frozenset(reasons or ()), moment(since), moment(until, end=True), int(first or 0), last_offset)


def moment(text: str | None, *, end: bool = False) -> datetime | None:
    """An instant, or the begin or end of a day. Raises typer.BadParameter."""
    if text is None:
        return None
    for candidate in (text, f"{text}T23:59:59.999999" if end else f"{text}T00"):
        try:
            return parse_instant(candidate)
        except ValueError:
            continue
    raise typer.BadParameter(f"{text} is not a time such as 2026-03-02 or 2026-03-02T10:00:00Z")


def say_what_would_be_done(letters: DeadLetterTopic, selection: Selection) -> None:
    ends = letters.ends()
    with bar("Reading", letters.size(selection, ends)) as progress:
        counted = Counter(letter.reason for letter in letters.read(selection, ends, passed=progress))
    if not counted:
        typer.echo("No dead letters; nothing to replay.")
        return
    typer.echo(f"Would replay {number_of_letters(counted.total())}. Nothing was published.")
    print_table(prospects(counted))


def fail(error: object) -> NoReturn:
    typer.echo(str(error), err=True)
    raise typer.Exit(FAILED)
