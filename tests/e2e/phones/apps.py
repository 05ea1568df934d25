"""Phones as their apps make them: one request for each batch, with the headers and bodies of the app.

Written after owntracks.org/booklet/tech/http and /json, preferences.dart in traccar/traccar-client, traccar.org/osmand,
the README of aaronpk/Overland-iOS, CustomUrlLogger.java in mendhak/gpslogger and LiveSender.java in osmandapp/OsmAnd.
"""

import base64
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from tests.patience import PATIENCE_S

ATTEMPTS = 20  # a slow machine may need some

Made = Iterator[requests.Request]


class Fix(NamedTuple):
    time: datetime
    latitude: float
    longitude: float
    accuracy_m: float = 5.0


def every_kind_of_fix() -> tuple[Fix, ...]:
    """One that is right, one whose clock is 1,024 weeks behind, and one that is nowhere."""
    now = datetime.now(UTC)
    return Fix(now, 1.0, 1.0), Fix(now - timedelta(weeks=1024, minutes=1), 1.0, 1.0), Fix(now, 0.0, 0.0)


@dataclass
class Phone:
    """A phone that was set up by what POST /devices answered."""

    app: str
    secret: str
    setup: dict[str, Any]
    gateway: str
    device: dict[str, Any]
    """What was told of it: id, person_id, name …"""

    def made(self, fixes: Sequence[Fix]) -> list[requests.Request]:
        return list(MAKERS[self.app](self, fixes))

    def send(self, *fixes: Fix, gateway: str | None = None, again: bool = True) -> list[requests.Response]:
        """Send them in order, as the app does: the next one when one is taken, the same `again` after a 5xx."""
        sent = []
        with requests.Session() as session:
            for request in self.made(fixes):
                if gateway is not None:
                    request.url = request.url.replace(self.gateway, gateway)
                for attempt in range(ATTEMPTS if again else 1):
                    time.sleep(attempt / 5)
                    answer = session.send(session.prepare_request(request), timeout=PATIENCE_S)
                    if answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
                        break
                sent.append(answer)
                if not self.is_taken(answer):
                    break
        return sent

    def is_taken(self, answer: requests.Response) -> bool:
        """Whether the app forgets what it has sent."""
        if self.app == "overland":
            return bool(answer.status_code == 200 and answer.json().get("result") == "ok")
        if self.app == "owntracks":
            return bool(answer.ok and isinstance(answer.json(), list))
        return answer.ok

    @property
    def url(self) -> str:
        return str(self.setup["url"])


def pair(person_url: str, gateway: str, person_id: int, app: str) -> Phone:
    """Connect a phone, and set it up by its link where its app has one. `app` is one of MAKERS."""
    body = {"name": f"{app} of {person_id}", "app": app.partition(" ")[0]}
    answer = requests.post(f"{person_url}/api/persons/{person_id}/devices", json=body, timeout=PATIENCE_S)
    assert answer.status_code == 201, answer.text
    paired = answer.json()
    return Phone(app, paired["secret"], paired["setup"], gateway, paired)


def owntracks(phone: Phone, fixes: Sequence[Fix]) -> Made:
    """One location a request; the configuration is what the link carries."""
    configuration = json.loads(base64.b64decode(phone.setup["link"].split("inline=")[1]))
    user = configuration["username"]
    basic = base64.b64encode(f"{user}:{configuration['password']}".encode()).decode()
    headers = {
        "Authorization": f"Basic {basic}",
        "Content-Type": "application/json",
        "X-Limit-U": user,
        "X-Limit-D": configuration["deviceId"],
        "User-Agent": "Owntracks-Android/gms/420504000",
    }
    for fix in fixes:
        message = {
            "_type": "location",
            "acc": int(fix.accuracy_m),
            "alt": 34,
            "batt": 81,
            "bs": 1,
            "conn": "m",
            "created_at": int(fix.time.timestamp()) + 1,
            "lat": fix.latitude,
            "lon": fix.longitude,
            "m": 2,
            "t": "u",
            "tid": configuration["tid"],
            "topic": f"owntracks/{user}/{configuration['deviceId']}",
            "tst": int(fix.time.timestamp()),
            "vac": 3,
            "vel": 4,
        }
        yield requests.Request("POST", configuration["url"], headers, data=json.dumps(message))


def traccar(phone: Phone, fixes: Sequence[Fix]) -> Made:
    """Version 9 and later: JSON, one location a request, the newest first."""
    link = parse_qs(urlsplit(phone.setup["link"]).query)
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "okhttp/4.12.0"}
    for fix in reversed(fixes):
        location = {
            "timestamp": fix.time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "coords": {
                "latitude": fix.latitude,
                "longitude": fix.longitude,
                "accuracy": fix.accuracy_m,
                "speed": 0.4,
                "heading": -1,
                "altitude": 34.1,
            },
            "is_moving": True,
            "odometer": 1234.5,
            "event": "",
            "battery": {"level": 0.81, "is_charging": False},
            "activity": {"type": "walking"},
            "extras": {},
        }
        body = json.dumps({"location": location, "device_id": link["id"][0]})
        yield requests.Request("POST", link["url"][0], headers, data=body)


def traccar_before_9(phone: Phone, fixes: Sequence[Fix]) -> Made:
    """A POST without a body; all stands in the query."""
    scanned = urlsplit(phone.setup["qr"])
    identifier = parse_qs(scanned.query)["id"][0]
    for fix in fixes:
        query = {
            "id": identifier,
            "timestamp": int(fix.time.timestamp()),
            "lat": fix.latitude,
            "lon": fix.longitude,
            "speed": 0.78,
            "bearing": 90.0,
            "altitude": 34.0,
            "accuracy": fix.accuracy_m,
            "batt": 81.0,
        }
        url = f"{scanned.scheme}://{scanned.netloc}{scanned.path}?{urlencode(query)}"
        yield requests.Request("POST", url, {"User-Agent": "Dalvik/2.1.0"})


def overland(phone: Phone, fixes: Sequence[Fix]) -> Made:
    """One batch; longitude first; kept until the answer is {"result": "ok"}."""
    link = parse_qs(urlsplit(phone.setup["link"]).query)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [fix.longitude, fix.latitude]},
            "properties": {
                "timestamp": fix.time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "altitude": 34,
                "speed": 1,
                "horizontal_accuracy": fix.accuracy_m,
                "vertical_accuracy": 4,
                "motion": ["walking"],
                "battery_state": "unplugged",
                "battery_level": 0.81,
                "wifi": "",
                "device_id": link["device_id"][0],
            },
        }
        for fix in fixes
    ]
    headers = {"Authorization": f"Bearer {link['token'][0]}", "Content-Type": "application/json"}
    yield requests.Request("POST", link["url"][0], headers, data=json.dumps({"locations": features}))


def gpslogger(phone: Phone, fixes: Sequence[Fix]) -> Made:
    for fix in fixes:
        filled = {
            "%LAT": fix.latitude,
            "%LON": fix.longitude,
            "%ACC": fix.accuracy_m,
            "%TIMESTAMP": int(fix.time.timestamp()),
        }
        url = phone.url
        for placeholder, value in filled.items():
            url = url.replace(placeholder, str(value))
        yield requests.Request("GET", url, {"User-Agent": "okhttp/4.9.3"})


def osmand(phone: Phone, fixes: Sequence[Fix]) -> Made:
    for fix in fixes:
        filled = (fix.latitude, fix.longitude, int(fix.time.timestamp() * 1000), fix.accuracy_m)
        url = phone.url
        for place, value in enumerate(filled):
            url = url.replace(f"{{{place}}}", str(value))
        yield requests.Request("GET", url, {"User-Agent": "Dalvik/2.1.0"})


MAKERS: dict[str, Callable[[Phone, Sequence[Fix]], Made]] = {
    "owntracks": owntracks,
    "traccar": traccar,
    "traccar before 9": traccar_before_9,
    "overland": overland,
    "gpslogger": gpslogger,
    "osmand": osmand,
}
