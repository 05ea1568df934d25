"""`udaconnect push`: what is found out before anything is sent, and what is said of it."""

import zipfile
from http.server import HTTPServer
from io import BytesIO

import pytest

from tests.integration.udaconnect_client.conftest import ObedientProducer, Push

HEADER = "person_id,creation_time,latitude,longitude\n"
GOOD = "7,2026-03-02T09:00:00Z,35.1,33.4\n"
REFUSED = "7,2026-03-02T09:00:00Z,90.0001,33.4\n"
UNREADABLE = "7,noon,35.1,33.4\n"


GPX = """<?xml version="1.0" encoding="GB18030"?>
<gpx><trk><name>{name}</name><trkseg>
{points}
</trkseg></trk></gpx>"""


def test_a_mistyped_person_is_told_before_anything_is_sent(
    push: Push, producer: ObedientProducer, people_url: str
) -> None:
    push.person_url = people_url
    point = '<trkpt lat="1" lon="2"><time>2026-03-02T09:00:00Z</time></trkpt>'
    content = GPX.format(name="x", points=point)
    result = push(content, producer.target, "--person-id", "999999999", name="walk.gpx")
    assert result.exit_code == 2
    assert "Nothing was sent: there is no person 999999999." in result.stderr
    assert people_url in result.stderr
    assert producer.batch_sizes == []
    assert push(content, producer.target, "--person-id", "7", name="walk.gpx").exit_code == 0


def test_rows_of_nobody_are_refused_with_their_line_and_each_person_is_asked_for_once(
    push: Push, producer: ObedientProducer, people: HTTPServer, people_url: str
) -> None:
    push.person_url = people_url
    rows = "".join(
        f"{person},2026-03-02T09:{minute:02}:00Z,35.1,33.4\n" for minute in range(9) for person in (7, 8, 777)
    )
    result = push(HEADER + rows, producer.target)
    assert result.exit_code == 1
    assert "line 4: person_id is of nobody: there is no person 777\n" in result.stdout
    assert "  9 rejected: person_id is of nobody: there is no person\n" in result.stdout
    assert f"3 persons were looked up at {people_url}: 1 unknown." in result.stdout
    assert {location.person_id for location in producer.accepted} == {7, 8}
    assert sorted(people.asked) == [7, 8, 777]  # type: ignore[attr-defined]


def test_where_nobody_may_be_asked_it_says_so_and_sends(
    push: Push, producer: ObedientProducer, people_url: str
) -> None:
    unchecked = "Whether the persons exist was not checked:"
    result = push(HEADER + GOOD, producer.target)
    assert result.exit_code == 0
    assert f"{unchecked} nobody answers at {push.person_url}" in result.stdout
    push.person_url = people_url
    result = push(HEADER + GOOD.replace("7,", "500,", 1), producer.target)
    assert result.exit_code == 0
    assert f"{unchecked} {people_url} answers 403 Forbidden." in result.stdout


def test_what_was_rejected_is_counted_by_its_reason(push: Push, producer: ObedientProducer) -> None:
    result = push(HEADER + GOOD + REFUSED * 3 + UNREADABLE * 2, producer.target, "--list-rejected", "0")
    lines = result.stdout.splitlines()
    assert "  3 rejected: latitude must be between -90 and 90" in lines
    assert "  2 rejected: creation_time must be a time such as 2026-03-02T10:00:00Z" in lines


def test_a_fast_logger_whose_times_are_whole_seconds_gets_times_of_their_own(
    push: Push, producer: ObedientProducer
) -> None:
    times = [f"2026-03-02T09:{second // 60:02}:{second % 60:02}Z" for second in range(600)]
    points = "\n".join(
        f'<trkpt lat="{35 + 5e-7 * tick:.7f}" lon="33.4"><time>{times[tick // 18]}</time></trkpt>'
        for tick in range(10_800)
    )
    result = push(
        GPX.format(name="一步", points=points).encode("gb18030"), producer.target, "--person-id", "7", name="walk.gpx"
    )
    assert result.exit_code == 0
    assert "10,800 accepted." in result.stdout
    assert "10,800 points shared their whole second with others and were spread over it" in result.stdout
    sent = sorted(location.creation_time.ToNanoseconds() for location in producer.accepted)
    assert len(set(sent)) == 10_800
    assert sent[-1] - sent[0] < 600e9
    by_time = sorted(producer.accepted, key=lambda location: location.creation_time.ToNanoseconds())
    assert by_time == sorted(producer.accepted, key=lambda location: location.latitude), "in the order of the file"


def test_what_is_shown_of_a_file_cannot_command_the_terminal(push: Push, producer: ObedientProducer) -> None:
    evil = "\x1b]0;mine\x07\x1b[2J[/red]\u202e"
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{evil}.csv", HEADER + f'7,"{evil}",1,2\n')
        archive.writestr("b.csv", f"{evil}\n")
        archive.writestr("c.gpx", "<x\u0430/>")
    result = push(file.getvalue(), producer.target, name="takeout.zip")
    assert result.exit_code == 2
    shown = result.stdout + result.stderr
    assert "[/red]" in shown
    assert not {character for character in shown if not character.isprintable()} - {"\n"}


@pytest.mark.parametrize(
    ("option", "expected"), [("Europe/Berlin", "2026-03-02T08:00:00Z"), ("America/New_York", "2026-03-02T14:00:00Z")]
)
def test_times_without_a_zone_are_where_the_user_says(
    push: Push, producer: ObedientProducer, option: str, expected: str
) -> None:
    result = push(HEADER + GOOD.replace("00Z", "00"), producer.target, "--zone", option)
    assert result.exit_code == 0
    assert producer.accepted[0].creation_time.ToJsonString() == expected


def test_a_zone_that_there_is_not_is_told(push: Push, producer: ObedientProducer) -> None:
    for zone in ("Mars/Olympus", "../../etc/passwd", "", "\x1b"):
        result = push(HEADER + GOOD, producer.target, "--zone", zone)
        assert result.exit_code == (0 if not zone else 2)
        assert "Traceback" not in result.stderr
