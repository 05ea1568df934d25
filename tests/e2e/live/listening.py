"""Whoever listens to encounters: server-sent events, read as they come."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import requests

from tests.patience import PATIENCE_S


class Heard(NamedTuple):
    name: str
    data: dict[str, Any]
    id: str


class Listening:
    def __init__(self, answer: requests.Response) -> None:
        self.answer = answer
        self._lines = answer.iter_lines(chunk_size=1, decode_unicode=True)

    def next(self) -> Heard:
        """The next event, heartbeats left out. Raises StopIteration at the end of the stream."""
        fields: dict[str, str] = {}
        while True:
            line = next(self._lines)
            if line:
                name, _, value = line.partition(":")
                fields[name] = value.strip()
            elif "data" in fields:
                return Heard(fields["event"], json.loads(fields["data"]), fields.get("id", ""))
            else:
                fields = {}

    def until(self, name: str) -> Heard:
        while (heard := self.next()).name != name:
            pass
        return heard


@contextmanager
def listening(
    url: str, person_id: int, after: str | None = None, headers: Mapping[str, str] | None = None
) -> Iterator[Listening]:
    asked = {**(headers or {}), **({} if after is None else {"Last-Event-ID": after})}
    path = f"{url}/api/persons/{person_id}/encounters/live"
    with requests.get(path, headers=asked, stream=True, timeout=PATIENCE_S) as answer:
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == "text/event-stream"
        yield Listening(answer)
