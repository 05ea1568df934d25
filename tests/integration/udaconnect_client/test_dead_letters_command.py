"""`udaconnect dead-letters` on a real topic: the newest of many, ranges of offsets and times, one in full."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from kafka import KafkaProducer
from typer.testing import CliRunner, Result
from udaconnect.location.v1.location_pb2 import Location, LocationBatch

from tests.patience import PATIENCE_S
from udaconnect_client.__main__ import app

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
LETTERS = 1_200
LATITUDE = 48.123456


class Topic:
    def __init__(self, servers: str, name: str) -> None:
        self.servers, self.name = servers, name

    def run(self, command: str, *arguments: str) -> Result:
        return CliRunner().invoke(
            app, ["dead-letters", command, *arguments, "--kafka", self.servers, "--topic", self.name]
        )


@pytest.fixture
def topic(kafka_bootstrap_servers: str, make_topic: Callable[..., str]) -> Topic:
    """Letters a second apart: two conflicts, then an unknown person, and so on."""
    name = make_topic()
    value = LocationBatch(locations=[Location(person_id=7, latitude=LATITUDE, longitude=11.5)]).SerializeToString()
    with KafkaProducer(bootstrap_servers=kafka_bootstrap_servers, linger_ms=5) as producer:
        sent = []
        for number in range(LETTERS):
            time = START + timedelta(seconds=number)
            headers = {
                "reason": "unknown_person" if number % 3 == 2 else "conflict",
                "detail": "a sentence",
                "topic": "location",
                "partition": "4",
                "offset": str(1000 + number),
                "position": "2",
                "time": time.isoformat(timespec="milliseconds"),
            }
            options = {"headers": [(key, text.encode()) for key, text in headers.items()]}
            sent.append(producer.send(name, value, timestamp_ms=int(time.timestamp() * 1000), **options))
        for one in sent:
            one.get(PATIENCE_S)
    return Topic(kafka_bootstrap_servers, name)


def counted(result: Result) -> dict[str, int]:
    """The summary: reason → letters."""
    assert result.exit_code == 0, result.output
    rows = re.findall(r"^(\w+) +([\d,]+)  2026", result.output, re.MULTILINE)
    return {reason: int(count.replace(",", "")) for reason, count in rows}


def test_all_are_counted_by_reason_and_the_newest_listed_without_coordinates(topic: Topic) -> None:
    result = topic.run("list", "--limit", "3")
    assert counted(result) == {"conflict": 800, "unknown_person": 400}
    assert re.findall(r"^ *(\d+)  2026-03-02 12:19:5\d", result.output, re.MULTILINE) == ["1197", "1198", "1199"]
    assert "location 4:2199 #2" in result.output
    assert "… and 1,197 before them" in result.output
    assert "48.1" not in result.output


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--reason", "unknown_person"], {"unknown_person": 400}),
        (["--offsets", "10-12"], {"conflict": 2, "unknown_person": 1}),
        (["--offsets", "11"], {"unknown_person": 1}),
        (["--offsets", "1198-"], {"conflict": 1, "unknown_person": 1}),
        (["--offsets", "-0"], {"conflict": 1}),
        (["--since", "2026-03-02T12:19:58Z"], {"conflict": 1, "unknown_person": 1}),
        (["--until", "2026-03-02T12:00:01Z"], {"conflict": 2}),
        (["--since", "2026-03-02", "--until", "2026-03-02"], {"conflict": 800, "unknown_person": 400}),
        (
            ["--since", "2026-03-02T12:10:00Z", "--until", "2026-03-02T12:10:02Z", "--reason", "conflict"],
            {"conflict": 2},
        ),
    ],
)
def test_a_selection_by_reason_time_and_offset(topic: Topic, arguments: list[str], expected: dict[str, int]) -> None:
    assert counted(topic.run("list", "--limit", "0", *arguments)) == expected


def test_one_is_shown_with_all_that_is_known_of_it(topic: Topic) -> None:
    result = topic.run("show", "5")
    assert result.exit_code == 0
    for part in ("unknown_person", "a sentence", "partition 0, offset 5", "latitude: 48.123456", "person_id: 7"):
        assert part in result.output
    assert topic.run("show", "0:5").output == result.output


def test_a_dry_run_publishes_nothing_and_says_what_would_become_of_them(topic: Topic) -> None:
    result = topic.run("replay", "--all", "--dry-run", "--location-topic", topic.name)
    assert result.exit_code == 0
    assert "Would replay 1,200 dead letters. Nothing was published." in result.output
    assert "a conflict again" in result.output
    assert counted(topic.run("list", "--limit", "0")) == {"conflict": 800, "unknown_person": 400}


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["show", "1200"], 2, "there is no dead letter 1200"),
        (["show", "one"], 2, "is not an offset"),
        (["list", "--offsets", "x-3"], 2, "is not a range of offsets"),
        (["list", "--offsets", "-"], 2, "is not a range of offsets"),
        (["list", "--since", "yesterday"], 2, "is not a time"),
        (["list", "--reason", "weather"], 2, "is none of"),
        (["replay"], 2, "say which"),
        (["replay", "--offsets", "20000-"], 0, "nothing to replay"),
    ],
)
def test_what_cannot_be_done_is_said(topic: Topic, arguments: list[str], status: int, message: str) -> None:
    result = topic.run(*arguments)
    assert result.exit_code == status
    assert message in result.output


def test_a_topic_or_a_kafka_that_is_not_there_is_named(topic: Topic) -> None:
    gone = Topic(topic.servers, "no-such-topic").run("list")
    assert (gone.exit_code, "there is no topic no-such-topic" in gone.output) == (2, True)
