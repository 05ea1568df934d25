"""Minutes in which everything that the dashboard shows happens."""

import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime, timedelta
from itertools import count

import requests

from tests.e2e.conftest import Fix, System
from tests.e2e.live.listening import listening
from tests.e2e.live.reporting import reporting
from tests.e2e.phones.apps import Phone, every_kind_of_fix, pair
from tests.patience import PATIENCE_S, poll_until

CLIENT = [sys.executable, "-m", "udaconnect_client"]
PEOPLE = 40
APPS = ("owntracks", "traccar", "overland", "gpslogger", "osmand")
QUESTIONS = ("connection", "encounters", "locations", "introductions")


def load(addresses: Mapping[str, str], minutes: float) -> None:
    """The demonstration, then a conference as it happens, phones of all apps, people who ask and who listen."""
    subprocess.run([*CLIENT, "demo"], check=True)
    until = time.monotonic() + 60 * minutes
    conference = ["simulate", "--rate=1x", f"--people={PEOPLE}", f"--minutes={minutes}", "--interval=2"]
    with closing(System(addresses, poll_until)) as system, ExitStack() as stack:
        ada, grace = system.create_person(), system.create_person("Grace", "Hopper", "Navy")
        mary = system.create_person("Mary", "Somerville", "Stars")  # where her phones say she is, nobody else is
        phones = [pair(addresses["PERSON_URL"], addresses["PHONE_URL"], mary, app) for app in APPS]
        meeting = stack.enter_context(subprocess.Popen([*CLIENT, *conference]))
        stack.callback(meeting.terminate)
        for person in (ada, grace):
            threading.Thread(target=listen, args=(addresses["STREAM_URL"], person), daemon=True).start()
        walking = stack.enter_context(reporting(system, ada, grace))
        for second in count():
            if time.monotonic() > until:
                break
            walking.apart_m = 2.0 if second % 120 < 80 else 300.0
            once(addresses, system, phones, mary, second)
            time.sleep(1)
        assert meeting.wait(PATIENCE_S) == 0


def listen(url: str, person: int) -> None:
    with suppress(requests.RequestException, StopIteration), listening(url, person) as heard:  # it ends with the system
        heard.until("the end")


def once(addresses: Mapping[str, str], system: System, phones: list[Phone], person: int, second: int) -> None:
    """What happens in each second."""
    now = datetime.now(UTC)
    phones[second % len(phones)].send(*every_kind_of_fix())
    # In the past, so that there is always a window to settle; one of two is refused, and one more is a conflict.
    past = now - timedelta(days=2) + timedelta(seconds=second)
    system.send([Fix(person, past, 1.0, 1.0), Fix(person, past, 91.0, 1.0)])
    if second % 10 == 0:
        system.send([Fix(person, past, 2.0, 2.0)])
        rows = "".join(
            f"{past + timedelta(hours=1, milliseconds=row):%Y-%m-%dT%H:%M:%S.%fZ},1,1\n" for row in range(500)
        )
        file = f"creation_time,latitude,longitude\n{rows}".encode()
        url = f"{addresses['PHONE_URL']}/api/persons/{person}/files?name=day.csv"
        requests.post(url, data=file, headers={"Content-Type": "application/octet-stream"}, timeout=PATIENCE_S)
    days = {"start_date": f"{past:%Y-%m-%d}", "end_date": f"{now:%Y-%m-%d}"}
    for asked in QUESTIONS:
        url = f"{addresses['CONNECTION_URL']}/api/persons/{person}/{asked}"
        requests.get(url, params=days, timeout=PATIENCE_S)
    requests.get(f"{addresses['PERSON_URL']}/api/persons?q=a", timeout=PATIENCE_S)
