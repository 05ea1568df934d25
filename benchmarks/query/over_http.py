"""The service over HTTP: one connection that stays open, timed from the first byte sent to the last one read."""

import json
import time
from collections.abc import Iterator
from datetime import datetime
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from requests.utils import parse_header_links

from benchmarks.query.question import Question
from location_client.readers.instants import EPOCH, MICROSECOND

TIMEOUT_S = 120.0
IDLE_S = 20.0  # the service closes a connection that nobody uses for a minute; some peers take longer

Row = tuple[int, int]
"""Person and microseconds since 1970 of another person's fix that was near."""


class Answer(NamedTuple):
    seconds: float
    body: bytes
    next_path: str | None  # None: the last page

    def rows(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.body)
        return found


class Service:
    def __init__(self, url: str) -> None:
        self.connection = HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT_S)
        self.used_at = -IDLE_S

    def ask(self, question: Question) -> Answer:
        """The first page. Raises ValueError for anything but success."""
        return self.get(question.target)

    def pages(self, question: Question) -> Iterator[Answer]:
        answer = self.ask(question)
        yield answer
        while answer.next_path:
            answer = self.get(answer.next_path)
            yield answer

    def get(self, path: str) -> Answer:
        if time.perf_counter() - self.used_at > IDLE_S:
            self.connection.close()
            self.connection.connect()
        began = time.perf_counter()
        self.connection.request("GET", path)
        response = self.connection.getresponse()
        body = response.read()
        self.used_at = time.perf_counter()
        seconds = self.used_at - began
        if response.status != 200:  # noqa: PLR2004  HTTP's own number
            raise ValueError(f"{path} was answered {response.status}: {body[:500]!r}")
        links = {link.get("rel"): link["url"] for link in parse_header_links(response.headers.get("Link", ""))}
        return Answer(seconds, body, links.get("next"))

    def close(self) -> None:
        self.connection.close()


def near_fixes(rows: list[dict[str, Any]]) -> dict[Row, float]:
    """Fix → metres to the nearest own one. Raises ValueError where one comes twice."""
    found = {
        (row["location"]["person_id"], instant_us(row["location"]["creation_time"])): float(row["distance_m"])
        for row in rows
    }
    if len(found) != len(rows):
        raise ValueError(f"{len(rows) - len(found)} rows came twice")
    return found


def instant_us(text: str) -> int:
    return (datetime.fromisoformat(text) - EPOCH) // MICROSECOND
