"""udaconnect meetings: whom a person met, asked of the connection service."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urljoin

import requests
import typer
from rich.table import Table

from udaconnect_client.access import PLAIN, Access, AccessError, CaOption, CertOption, KeyOption, TokenFileOption
from udaconnect_client.addresses import address
from udaconnect_client.terminal import cell, harmless, print_table

FAILED = 2


class ConnectionServiceError(Exception):
    """The connection service did not give an answer. The message is for the user."""


@dataclass(frozen=True)
class Meeting:
    """One encounter of two persons."""

    who: str
    with_id: int
    with_whom: str
    started_at: datetime
    ended_at: datetime
    lasted: timedelta  # the time that they were within the distance
    closest_m: float
    probability: float | None  # None: it was not estimated


def get_pages(url: str, params: dict[str, str], access: Access = PLAIN) -> Iterator[Any]:
    """The JSON of an address and of the pages after it. Raises ConnectionServiceError, AccessError."""
    following: str | None = url
    with access.session() as session:
        while following:
            try:
                response = session.get(following, params=params if following == url else None, timeout=30)
            except requests.RequestException:
                raise ConnectionServiceError(
                    f"nobody answers at {url} (--connection-url or CONNECTION_URL says where)"
                ) from None
            if not response.ok:
                raise ConnectionServiceError(problem(response))
            yield response.json()
            link = response.links.get("next", {}).get("url")
            following = urljoin(following, link) if link else None


def problem(response: requests.Response) -> str:
    """What problem+json says; else the status."""
    try:
        return str(response.json()["detail"])
    except (requests.JSONDecodeError, KeyError, TypeError):
        return f"{response.url} answers {response.status_code} {response.reason}"


def encounters(
    connection_url: str, person_id: int, who: str, access: Access = PLAIN, **params: str
) -> Iterator[Meeting]:
    """The encounters of a person. `params` as in GET /api/persons/{id}/encounters. Raises as get_pages does."""
    url = urljoin(connection_url, f"/api/persons/{person_id}/encounters")
    for page in get_pages(url, params, access):
        for row in page:
            yield Meeting(
                who,
                row["person"]["id"],
                f"{row['person']['first_name']} {row['person']['last_name']}",
                datetime.fromisoformat(row["started_at"]),
                datetime.fromisoformat(row["ended_at"]),
                timedelta(seconds=row["duration_s"]),
                row["closest_m"],
                row.get("probability"),
            )


def table(found: Iterable[Meeting], *, time_format: str = "%Y-%m-%d %H:%M") -> Table:
    """Meetings for the terminal; times are UTC."""
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("Who", "With whom", "From", "To"):
        shown.add_column(heading)
    for heading in ("Minutes", "Closest", "Likely"):
        shown.add_column(heading, justify="right")
    for meeting in found:
        shown.add_row(
            cell(meeting.who),
            cell(meeting.with_whom),
            meeting.started_at.strftime(time_format),
            meeting.ended_at.strftime(time_format),
            f"{meeting.lasted / timedelta(minutes=1):.1f}",
            f"{meeting.closest_m:.1f} m",
            "" if meeting.probability is None else f"{meeting.probability:.0%}",
        )
    return shown


def meetings(  # noqa: PLR0913, PLR0917  each is an option
    person: Annotated[int, typer.Argument(help="The person's id.")],
    start_date: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Day or instant. Default: today.")
    ] = None,
    end_date: Annotated[str | None, typer.Option("--to", metavar="TIME", help="Likewise, inclusive.")] = None,
    distance: Annotated[float, typer.Option(help="Metres apart, at most.")] = 5,
    min_duration: Annotated[float, typer.Option(help="Seconds that a meeting lasts at least.")] = 0,
    min_probability: Annotated[
        float | None, typer.Option(help="How likely it must be that they were within the distance. Default: 0.5.")
    ] = None,
    time_window: Annotated[
        str | None,
        typer.Option(help="Instead of estimates: whose locations were near, this many seconds apart, at most, or any."),
    ] = None,
    connection_url: Annotated[
        str | None, typer.Option(metavar="URL", help="The connection_service. (Environment: CONNECTION_URL.)")
    ] = None,
    token_file: TokenFileOption = None,
    ca: CaOption = None,
    cert: CertOption = None,
    key: KeyOption = None,
) -> None:
    """Show whom a person met. Times are UTC."""
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    of_method: dict[str, str] = {}
    if min_probability is not None:
        of_method["min_probability"] = str(min_probability)
    if time_window is not None:
        of_method |= {"method": "fixes", "time_window": time_window}
    try:
        found = list(
            encounters(
                address("CONNECTION_URL", connection_url),
                person,
                f"person {person}",
                Access(token_file, ca, cert, key),
                start_date=start_date or today,
                end_date=end_date or today,
                distance=str(distance),
                min_duration=str(min_duration),
                **of_method,
            )
        )
    except (ConnectionServiceError, AccessError) as error:
        typer.echo(harmless(str(error)), err=True)
        raise typer.Exit(FAILED) from None
    if found:
        print_table(table(found))
    else:
        typer.echo("No meetings.")
