"""`udaconnect push` against a location_producer in this process, which does as it is told: also what is rare."""

import pytest

from tests.integration.udaconnect_client.conftest import ObedientProducer, Push

HEADER = "person_id,creation_time,latitude,longitude\n"
GOOD = "7,2026-03-02T09:00:00Z,35.1,33.4\n"
REFUSED = "7,2026-03-02T09:00:00Z,90.0001,33.4\n"
UNREADABLE = "7,noon,35.1,33.4\n"


def test_all_accepted_ends_with_0(push: Push, producer: ObedientProducer) -> None:
    result = push(HEADER + GOOD * 25, producer.target, "--batch-size", "10")
    assert result.exit_code == 0
    assert "25 locations sent" in result.stdout
    assert "25 accepted." in result.stdout
    assert sorted(producer.batch_sizes) == [5, 10, 10]
    assert producer.accepted[0].creation_time.ToJsonString() == "2026-03-02T09:00:00Z"


def test_rejected_rows_are_listed_by_line_in_the_order_of_the_file(push: Push, producer: ObedientProducer) -> None:
    content = HEADER + GOOD + REFUSED + UNREADABLE + GOOD + REFUSED
    result = push(content, producer.target, "--batch-size", "2")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[:3] == [
        "line 3: latitude must be between -90 and 90, is 90.0001",
        "line 4: creation_time must be a time such as 2026-03-02T10:00:00Z, is 'noon'",
        "line 6: latitude must be between -90 and 90, is 90.0001",
    ]
    assert lines[3].endswith("2 accepted, 2 refused by the server; 1 not sent because unreadable.")


def test_the_list_of_rejected_rows_may_be_shortened(push: Push, producer: ObedientProducer) -> None:
    result = push(HEADER + REFUSED * 10, producer.target, "--list-rejected", "3", "--batch-size", "2")
    assert result.exit_code == 1
    assert result.stdout.count("line ") == 3
    assert "and 7 more rejected rows" in result.stdout


def test_a_busy_producer_is_waited_for(push: Push, producer: ObedientProducer) -> None:
    producer.busy_times = 3
    result = push(HEADER + GOOD * 25, producer.target, "--batch-size", "10")
    assert result.exit_code == 0
    assert "25 accepted." in result.stdout


def test_nobody_there_ends_with_2_and_says_where_it_looked(push: Push, unused_address: str) -> None:
    result = push(HEADER + GOOD, unused_address)
    assert result.exit_code == 2
    assert f"nobody answers at {unused_address}" in result.stderr


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("day.csv", "", "is empty"),
        ("day.csv", HEADER, "holds no locations"),
        ("day.csv", "a,b\n1,2\n", "has no column person_id and creation_time"),
        ("day.gpx", "<gpx/>", "--person-id"),
        ("day.txt", GOOD, "must end in .csv, .gpx, .geojson, .json"),
        ("day.geojson", "[1", "is not JSON"),
    ],
)
def test_a_file_that_holds_nothing_to_send_ends_with_2(
    push: Push, producer: ObedientProducer, name: str, content: str, message: str
) -> None:
    result = push(content, producer.target, name=name)
    assert result.exit_code == 2
    assert message in result.stderr
    assert name in result.stderr


def test_a_file_of_unreadable_rows_only_ends_with_2(push: Push, producer: ObedientProducer) -> None:
    result = push(HEADER + UNREADABLE, producer.target)
    assert result.exit_code == 2
    assert "line 2: creation_time" in result.stdout
    assert producer.batch_sizes == []


def test_a_failure_half_way_says_what_was_accepted(push: Push, producer: ObedientProducer) -> None:
    producer.dead_after = 2
    result = push(HEADER + GOOD * 50, producer.target, "--batch-size", "10")
    assert result.exit_code == 1
    assert "20 accepted" in result.stdout
    assert "INTERNAL: broken" in result.stderr


def test_a_file_that_breaks_off_is_sent_as_far_as_it_goes(push: Push, producer: ObedientProducer) -> None:
    point = '<trkpt lat="1" lon="2"><time>2026-03-02T09:00:00Z</time></trkpt>\n'
    result = push(f"<gpx><trk><trkseg>\n{point * 3}", producer.target, "--person-id", "7", name="walk.gpx")
    assert result.exit_code == 1
    assert "3 accepted" in result.stdout
    assert "is not XML from line 5 on" in result.stderr
    assert {location.person_id for location in producer.accepted} == {7}


def test_a_progress_bar_is_only_for_terminals(push: Push, producer: ObedientProducer) -> None:
    assert push(HEADER + GOOD, producer.target).stderr == ""
