"""The client against the services that run: what it sends is what they show."""

import re
import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import requests
from typer.testing import CliRunner, Result

from tests.conftest import PollUntil
from tests.patience import PATIENCE_S
from udaconnect_client.__main__ import app
from udaconnect_client.people import Person, find_or_create, invent

EXAMPLE = Path(__file__).parents[2] / "modules" / "udaconnect_client" / "examples" / "push_one_location.py"
DAY = {"start_date": "2026-03-02", "end_date": "2026-03-02"}


def udaconnect(*arguments: str) -> Result:
    """Run the command; the addresses are in the environment."""
    return CliRunner().invoke(app, arguments)


def somebody(addresses: Mapping[str, str]) -> int:
    """The id of a person who was nowhere yet."""
    (person_id,), created = find_or_create(addresses["PERSON_URL"], [Person("Test", secrets.token_hex(8), "Client")])
    assert created == 1
    return person_id


def track(addresses: Mapping[str, str], person_id: int, accept: str = "application/json") -> requests.Response:
    url = f"{addresses['CONNECTION_URL']}/api/persons/{person_id}/locations"
    response = requests.get(url, params=DAY, headers={"Accept": accept}, timeout=PATIENCE_S)
    response.raise_for_status()
    return response


def test_people_are_created_once(addresses: Mapping[str, str]) -> None:
    people = [person._replace(company_name=secrets.token_hex(8)) for person in invent(30, seed=1)]
    ids, created = find_or_create(addresses["PERSON_URL"], people)
    assert created == 30
    assert len(set(ids)) == 30
    assert find_or_create(addresses["PERSON_URL"], people) == (ids, 0)


def test_a_track_pushed_can_be_fetched_as_geojson_and_pushed_again(
    addresses: Mapping[str, str], poll_until: PollUntil, tmp_path: Path
) -> None:
    person_id = somebody(addresses)
    csv, geojson = tmp_path / "track.csv", tmp_path / "track.geojson"
    rows = [f"2026-03-02T09:00:{second:02}.250Z,50.1{second:02},8.6{second:02},{second or ''}" for second in range(30)]
    csv.write_text("creation_time,latitude,longitude,accuracy_m\n" + "\n".join(rows))
    result = udaconnect("push", str(csv), "--person-id", str(person_id))
    assert (result.exit_code, "30 accepted." in result.stdout) == (0, True)
    stored = poll_until(lambda: (found := track(addresses, person_id).json()) and len(found) == 30 and found)

    geojson.write_text(track(addresses, person_id, "application/geo+json").text)
    result = udaconnect("push", str(geojson))
    assert (result.exit_code, "30 accepted." in result.stdout) == (0, True)
    one_more = "person_id,creation_time,latitude,longitude\n" + f"{person_id},2026-03-02T10:00:00Z,50,8\n"
    csv.write_text(one_more)
    assert udaconnect("push", str(csv)).exit_code == 0
    # Of one person nothing overtakes: when the later location is there, the track is through, and added nothing.
    again = poll_until(lambda: (found := track(addresses, person_id).json())[-1]["latitude"] == 50 and found)
    assert again[:-1] == stored


def test_what_the_producer_refuses_is_listed(addresses: Mapping[str, str], tmp_path: Path) -> None:
    person_id = somebody(addresses)
    file = tmp_path / "bad.csv"
    rows = [
        f"{person_id},2026-03-02T09:00:00Z,90.0001,8",
        "0,2026-03-02T09:00:00Z,50,8",
        f"{person_id},2014-12-31T23:59:59Z,50,8",
        f"{person_id},2026-03-02T09:00:00Z,50,nan",
    ]
    file.write_text("person_id,creation_time,latitude,longitude\n" + "\n".join(rows))
    result = udaconnect("push", str(file))
    assert result.exit_code == 1
    assert [line.partition(" must")[0] for line in result.stdout.splitlines()[:4]] == [
        "line 2: latitude",
        "line 3: person_id",
        "line 4: creation_time",
        "line 5: longitude",
    ]
    assert "0 accepted, 4 refused by the server" in result.stdout


def test_locations_of_nobody_are_not_sent(addresses: Mapping[str, str], tmp_path: Path) -> None:
    file = tmp_path / "mistyped.csv"
    row = "2026-03-02T09:00:00Z,50,8\n"
    file.write_text(f"person_id,creation_time,latitude,longitude\n999999999,{row}{somebody(addresses)},{row}")
    result = udaconnect("push", str(file))
    assert result.exit_code == 1
    assert "line 2: person_id is of nobody: there is no person 999999999" in result.stdout
    assert "1 accepted; 1 not sent" in result.stdout
    everything = udaconnect("push", str(file), "--person-id", "999999999")
    assert (everything.exit_code, everything.stdout) == (2, "")
    assert "Nothing was sent: there is no person 999999999." in everything.stderr


def test_the_demonstration_finds_what_truly_happened_and_can_be_repeated(
    addresses: Mapping[str, str], tmp_path: Path
) -> None:
    assert addresses["CONNECTION_URL"]
    venue = tmp_path / "venue.geojson"
    first, second = udaconnect("demo", "--venue", str(venue)), udaconnect("demo")
    assert (first.exit_code, second.exit_code) == (0, 0), first.stderr + second.stderr
    assert len(re.findall(r"^\S+ \S+ +\S+ \S+ +[\d:]{8}  [\d:]{8} .* m +\d+%$", first.stdout, re.MULTILINE)) >= 3
    assert first.stdout.partition("Meetings found")[2] == second.stdout.partition("Meetings found")[2]
    true, seen = map(int, re.findall(r"that (\d+) meetings took place: (\d+) of them", first.stdout)[0])
    found, right = map(int, re.findall(r"Of the (\d+) that were found, (\d+) took place", first.stdout)[0])
    assert seen > 0.9 * true > 100
    assert right > 0.85 * found > 100
    assert "Coffee area 1" in venue.read_text(), "the floor plan, for the page's VENUE_FILE"


def test_meetings_are_shown_as_a_table(addresses: Mapping[str, str]) -> None:
    nobody = udaconnect("meetings", str(somebody(addresses)))
    assert (nobody.exit_code, nobody.stdout) == (0, "No meetings.\n")
    wrong = udaconnect("meetings", "1", "--distance", "-1")
    assert wrong.exit_code == 2
    assert "distance" in wrong.stderr


@pytest.mark.parametrize(
    ("latitude", "status", "output"), [("50.1", 0, "Accepted: person_id"), ("90.0001", 1, 'field: "location.latitude"')]
)
def test_the_example_shows_an_answer_and_an_error(
    addresses: Mapping[str, str], latitude: str, status: int, output: str
) -> None:
    example = subprocess.run(
        [sys.executable, str(EXAMPLE), str(somebody(addresses)), latitude, "8.6", addresses["LOCATION_GRPC"]],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert example.returncode == status, example.stderr
    assert output in example.stdout
