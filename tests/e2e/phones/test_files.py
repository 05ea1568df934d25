"""Files that people upload: read whatever they hold, told what was not taken, and nobody else notices."""

import gzip
import json
import os
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest
import requests

from tests.e2e.phones.apps import Fix
from tests.e2e.phones.conftest import NewPhone, StartGateway
from tests.patience import PATIENCE_S

FIXES = 3_000
READING = "phone_gateway.files.reading"
BINARY = {"Content-Type": "application/octet-stream"}


@pytest.fixture
def noon(system: Any) -> datetime:
    week: datetime = system.fresh_week()
    return week + timedelta(hours=12)


def gpx(noon: datetime, fixes: int = FIXES) -> bytes:
    """A walk of a metre a second."""
    points = "".join(
        f'<trkpt lat="{50 + second * 9e-6:.7f}" lon="8.6"><time>{utc(noon + timedelta(seconds=second))}</time></trkpt>'
        for second in range(fixes)
    )
    return f'<gpx version="1.1"><trk><trkseg>{points}</trkseg></trk></gpx>'.encode()


def utc(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"


def upload(gateway: str, person_id: int, file: bytes, name: str, **more: Any) -> requests.Response:
    url = f"{gateway}/api/persons/{person_id}/files"
    parameters = {"name": name, **more.pop("params", {})}
    headers = more.pop("headers", BINARY)
    return requests.post(url, params=parameters, data=file, headers=headers, timeout=PATIENCE_S, **more)


def states_of(answer: requests.Response) -> list[Any]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/x-ndjson"), answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def receipt_of(answer: requests.Response) -> Any:
    last = states_of(answer)[-1]
    assert last["stage"] == "done"
    return last


def stored(system: Any, person_id: int) -> int:
    system.wait_until_consumed()
    [(count,)] = system.query("SELECT count(*) FROM location WHERE person_id = %s", person_id)
    return int(count)


def test_a_file_is_stored_once_however_often_it_is_sent(
    system: Any, addresses: Mapping[str, str], noon: datetime
) -> None:
    ada, track = system.create_person(), gpx(noon)
    for _ in range(2):
        states = states_of(upload(addresses["PHONE_URL"], ada, track, "walk.gpx"))
        assert states[0]["stage"] == "waiting"
        assert all(before["accepted"] <= after["accepted"] for before, after in pairwise(states))
        assert states[-1] == {
            "stage": "done",
            "read_bytes": len(track),
            "bytes": len(track),
            "accepted": FIXES,
            "refused": 0,
            "unreadable": 0,
            "rejected": [],
            "reasons": [],
            "remarks": [],
            "failure": None,
        }
    assert stored(system, ada) == FIXES


def zipped(files: Mapping[str, bytes]) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, file in files.items():
            archive.writestr(name, file)
    return packed.getvalue()


def timeline(noon: datetime) -> bytes:
    path = [{"point": "50.1°, 8.6°", "time": noon.isoformat()}]
    return json.dumps({"semanticSegments": [{"timelinePath": path}]}).encode()


def recorded(noon: datetime) -> bytes:
    message = {"_type": "location", "tst": int(noon.timestamp()), "lat": 50, "lon": 8}
    return f"{utc(noon)}\t*\t{json.dumps(message)}\n".encode()


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("walk.gpx.gz", lambda noon: gzip.compress(gpx(noon, 1))),
        ("export.zip", lambda noon: zipped({"day/walk.gpx": gpx(noon, 1), "readme.pdf": b"%PDF"})),
        ("Timeline.json", timeline),
        ("2016-03.rec", recorded),
        ("table.csv", lambda noon: f"time,lat,lon\n{noon.isoformat()},50,8\n".encode()),
    ],
)
def test_what_the_command_reads_is_read_here(
    system: Any, addresses: Mapping[str, str], noon: datetime, name: str, made: Callable[[datetime], bytes]
) -> None:
    ada = system.create_person()
    receipt = receipt_of(upload(addresses["PHONE_URL"], ada, made(noon), name))
    assert (receipt["accepted"], receipt["rejected"], receipt["failure"]) == (1, [], None)
    assert stored(system, ada) == 1


def test_what_was_not_taken_is_listed_with_its_line_and_reason(
    system: Any, addresses: Mapping[str, str], noon: datetime
) -> None:
    ada, somebody = system.create_person(), system.create_person()
    table = f"""person_id,time,lat,lon
{ada},{noon.isoformat()},50,8
{ada},{noon.isoformat()},north,8
{ada},{(noon + timedelta(seconds=1)).isoformat()},91,8
{somebody},{noon.isoformat()},50,8
"""
    receipt = receipt_of(upload(addresses["PHONE_URL"], ada, table.encode(), "table.csv"))
    assert (receipt["accepted"], receipt["refused"], receipt["unreadable"]) == (1, 1, 2)
    assert receipt["rejected"] == [
        {"place": "line 3", "field": "latitude", "reason": "must be a number, is 'north'"},
        {"place": "line 4", "field": "latitude", "reason": "must be between -90 and 90, is 91.0"},
        {
            "place": "line 5",
            "field": "person_id",
            "reason": f"must be that of whoever the file is for ({ada}), is {somebody}",
        },
    ]
    assert sum(reason["count"] for reason in receipt["reasons"]) == 3
    assert (stored(system, ada), stored(system, somebody)) == (1, 0)


def test_times_without_a_zone_are_those_of_the_zone_that_is_said(
    system: Any, addresses: Mapping[str, str], noon: datetime
) -> None:
    ada = system.create_person()
    table = f"time,lat,lon\n{noon:%Y-%m-%d %H:%M:%S},50,8\n".encode()
    in_kolkata = receipt_of(upload(addresses["PHONE_URL"], ada, table, "t.csv", params={"zone": "Asia/Kolkata"}))
    in_utc = receipt_of(upload(addresses["PHONE_URL"], ada, table, "t.csv"))
    assert in_kolkata["remarks"] == []
    assert in_utc["remarks"] == ["1 times name no zone and were taken as UTC."]
    system.wait_until_consumed()
    times = system.query("SELECT creation_time FROM location WHERE person_id = %s ORDER BY 1", ada)
    assert times == [(noon - timedelta(hours=5, minutes=30),), (noon,)]


@pytest.mark.parametrize(
    ("name", "file", "failure"),
    [
        ("notes.txt", b"hello", "notes.txt must end in"),
        ("walk.gpx", b"", "walk.gpx is empty"),
        ("walk.gpx", b"<gpx><trk><trkseg></trkseg></trk></gpx>", "walk.gpx holds no locations."),
        ("sheet.csv", b"\xd0\xcf\x11\xe0", "sheet.csv is a workbook"),
    ],
)
def test_what_holds_no_locations_is_told_so(
    system: Any, addresses: Mapping[str, str], name: str, file: bytes, failure: str
) -> None:
    receipt = receipt_of(upload(addresses["PHONE_URL"], system.create_person(), file, name))
    assert receipt["failure"].startswith(failure), receipt
    assert receipt["accepted"] == 0


def test_nobodys_file_is_refused_line_by_line(addresses: Mapping[str, str], noon: datetime) -> None:
    receipt = receipt_of(upload(addresses["PHONE_URL"], 2**40, gpx(noon, 3), "walk.gpx"))
    assert (receipt["accepted"], receipt["refused"]) == (0, 3)
    assert receipt["rejected"][0]["field"] == "person_id"


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"params": {"name": ""}}, 400, "name must be the file's name"),
        ({"params": {"name": "a\n.gpx"}}, 400, "name must be printable"),
        ({"params": {"zone": "Mars/Olympus"}}, 400, "zone must be a zone"),
        ({"params": {"colour": "red"}}, 400, "colour is no parameter"),
        ({"headers": {"Content-Type": "text/plain"}}, 415, "application/octet-stream"),
    ],
)
def test_what_can_not_be_read_is_refused_before(
    addresses: Mapping[str, str], change: dict[str, Any], status: int, says: str
) -> None:
    answer = upload(addresses["PHONE_URL"], 1, b"x", "walk.gpx", **change)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert says in answer.json()["detail"]
    assert status != 400 or answer.json()["errors"][0]["field"] in change["params"]


def test_who_is_still_sending_hears_why_a_large_file_is_refused(addresses: Mapping[str, str]) -> None:
    answer = upload(addresses["PHONE_URL"], 1, b"x" * (20 << 20), "walk.gpx", params={"zone": "Mars/Olympus"})
    assert answer.status_code == 400


def test_only_what_is_sent_whole_and_says_how_long_it_is_is_read(addresses: Mapping[str, str]) -> None:
    def in_parts() -> Iterator[bytes]:
        yield b"time,lat,lon"

    url = f"{addresses['PHONE_URL']}/api/persons/1/files?name=t.csv"
    assert requests.get(url, timeout=PATIENCE_S).status_code == 405
    assert requests.post(url, data=in_parts(), headers=BINARY, timeout=PATIENCE_S).status_code == 411
    too_long = upload(addresses["PHONE_URL"], 1, b"", "t.csv", headers={**BINARY, "Content-Length": str(1 << 40)})
    assert too_long.status_code == 413
    assert "268,435,456 bytes" in too_long.json()["detail"]


def begin_upload(gateway: str, person_id: int, announced: int) -> socket.socket:
    """A file that does not come."""
    parts = urlsplit(gateway)
    connection = socket.create_connection((str(parts.hostname), parts.port), timeout=PATIENCE_S)
    head = (
        f"POST /api/persons/{person_id}/files?name=t.csv HTTP/1.1\r\nHost: x\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Length: {announced}\r\n\r\nt"
    )
    connection.sendall(head.encode())
    return connection


def test_one_caller_sends_one_file_at_a_time_and_all_have_so_much_room(
    start_gateway: StartGateway, system: Any, noon: datetime, poll_until: Any
) -> None:
    gateway = start_gateway(FILE_MAX_BYTES="100000", FILES_MAX_BYTES="150000")
    ada, bob = system.create_person(), system.create_person()
    track = gpx(noon, 100)
    with begin_upload(gateway, ada, 99_000):
        poll_until(lambda: upload(gateway, ada, track, "walk.gpx").status_code == 429)
        assert int(upload(gateway, ada, track, "walk.gpx").headers["Retry-After"]) > 0
        with begin_upload(gateway, system.create_person(), 49_000):
            poll_until(lambda: upload(gateway, bob, track, "walk.gpx").status_code == 503)
        poll_until(lambda: upload(gateway, bob, track, "walk.gpx").status_code == 200)
    poll_until(lambda: upload(gateway, ada, track, "walk.gpx").status_code == 200)
    assert (stored(system, ada), stored(system, bob)) == (100, 100)


def bomb() -> bytes:
    """A small file of two million rows."""
    packed = BytesIO()
    rows = b"2016-03-02T10:00:00Z,50,8\n" * 40_000
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=1) as file:
        file.write(b"time,lat,lon\n")
        for _ in range(50):
            file.write(rows)
    return packed.getvalue()


def test_phones_are_answered_while_a_bomb_is_read_and_who_leaves_ends_it(
    start_gateway: StartGateway, system: Any, new_phone: NewPhone, noon: datetime, poll_until: Any
) -> None:
    gateway = start_gateway()
    ada, phone = system.create_person(), new_phone("owntracks")
    with upload(gateway, ada, bomb(), "t.csv.gz", stream=True) as answer:
        lines = answer.iter_lines()
        poll_until(lambda: json.loads(next(lines))["stage"] == "reading")
        for minute in range(3):
            [taken] = phone.send(Fix(noon + timedelta(minutes=minute), 52.52, 13.405))
            assert phone.is_taken(taken)
    # Whoever sent it is gone, so that the next file of the same person finds room.
    poll_until(lambda: upload(gateway, ada, gpx(noon, 10), "walk.gpx").status_code == 200)


def processes(module: str) -> list[int]:
    """Those that run it."""
    pids = [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]
    return [pid for pid in pids if module.encode() in of_process(pid, "cmdline")]


def of_process(pid: int, what: str) -> list[bytes]:
    """Its arguments or its environment; nothing where it has ended."""
    try:
        return (Path("/proc") / str(pid) / what).read_bytes().split(b"\0")
    except OSError:
        return []


def of_gateway(gateway: str, module: str) -> list[int]:
    """Processes of this gateway that run it: others, of other tests, may do so at the same time."""
    bind = f"HTTP_BIND={gateway.removeprefix('http://')}".encode()
    return [pid for pid in processes(module) if bind in of_process(pid, "environ")]


def test_who_asked_for_too_much_is_told_and_nothing_is_left_running(
    start_gateway: StartGateway, system: Any, poll_until: Any
) -> None:
    """A process that the kernel ends, as one that takes more memory or time than it may."""
    gateway = start_gateway()
    with upload(gateway, system.create_person(), bomb(), "t.csv.gz", stream=True) as answer:
        lines = answer.iter_lines()
        poll_until(lambda: json.loads(next(lines))["stage"] == "reading")
        [reading] = of_gateway(gateway, READING)
        os.kill(reading, signal.SIGKILL)
        last = json.loads(list(lines)[-1])
    assert (last["stage"], last["failure"]) == ("done", "t.csv.gz takes more memory or time than a file may.")
    assert last["accepted"] > 0
    poll_until(lambda: not of_gateway(gateway, READING))


def test_a_gateway_that_stops_says_so_to_whoever_waits_for_a_receipt(
    start_gateway: StartGateway, system: Any, poll_until: Any
) -> None:
    gateway = start_gateway()
    [process] = of_gateway(gateway, "phone_gateway")
    with upload(gateway, system.create_person(), bomb(), "t.csv.gz", stream=True) as answer:
        lines = answer.iter_lines()
        poll_until(lambda: json.loads(next(lines))["stage"] == "reading")
        os.kill(process, signal.SIGTERM)
        last = json.loads(list(lines)[-1])
    assert last["failure"].startswith("Reading was interrupted: send the file again")
    poll_until(lambda: not any(of_process(process, "cmdline")))  # a second signal, while it stops, would kill it
