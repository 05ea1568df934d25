"""Fuzzed posts of phones, as bytes: every app's bodies and addresses, mutated, mostly with a good secret; and files."""

import json
import time
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

import requests

from tests.fuzz.files import DATA, damaged
from tests.fuzz.mutation import mutate
from tests.fuzz.raw_http import FRAMINGS, HEADERS, METHODS, TEXTS, TYPES, WITHIN_S, Answers, Raw, fuzz_streams
from tests.fuzz.texts import ZONES

APPS = ("owntracks", "traccar", "overland", "gpslogger", "osmand")
VALUES: tuple[Any, ...] = (*TEXTS, 0, -1, 1e308, 10**30, None, True, [], {}, [[1]], 52.52, "52,52", " 7 ")
FILES = 0.01
"""Of all requests: each starts a process."""

CORPUS = [(path.name, path.read_bytes()) for path in sorted(DATA.iterdir())]
BODIES = (b"", b"[]", b"null", b"{", b"\xff\xfe", b'{"lat": NaN}', b"[" * 30_000, b"x" * 70_000, b'{"a":' * 2000)


def phone_secrets(person_url: str) -> list[str]:
    """Of a phone for each app, of a new person's."""
    names = {"first_name": "Ada", "last_name": "Byron", "company_name": "Looms"}
    person_id = requests.post(f"{person_url}/api/persons", json=names, timeout=WITHIN_S).json()["id"]
    path = f"{person_url}/api/persons/{person_id}/devices"
    answers = [requests.post(path, json={"name": app, "app": app}, timeout=WITHIN_S).json() for app in APPS]
    return [answer["secret"] for answer in answers]


def fuzz_phones(url: str, secrets: list[str], random: Random, count: int) -> Answers:
    return fuzz_streams(url, lambda seeded: raw_posts(seeded, secrets), random, count)


def raw_posts(random: Random, secrets: list[str]) -> Iterator[Raw]:
    while True:
        yield raw_file(random) if random.random() < FILES else raw_post(random, secrets)


def raw_file(random: Random) -> Raw:
    """A damaged file; what the readers do with it is asked of them directly, so that these can be few."""
    name, body = damaged(random, CORPUS)
    query = urlencode({"name": value(random, name), "zone": random.choice(ZONES)}, errors="surrogatepass")
    person = random.choice(TEXTS) if random.random() < 0.1 else "1"
    media = random.choice(TYPES) if random.random() < 0.1 else "application/octet-stream"
    lines = (f"POST /api/persons/{quote(person, errors='surrogatepass')}/files?{query} HTTP/1.1", "Host: x")
    head = "\r\n".join((*lines, f"Content-Type: {media}", f"Content-Length: {len(body)}", "\r\n"))
    return Raw(head.encode() + body, "POST", is_framed=True)


def raw_post(random: Random, secrets: list[str]) -> Raw:
    app, secret = random.choice(APPS), random.choice(secrets)
    if random.random() < 0.1:
        secret = random.choice(TEXTS)
    method = "POST" if random.random() < 0.7 else random.choice(METHODS)
    query = urlencode({"token": secret, **parameters(random)}, errors="surrogatepass")
    target = f"/phone/{app}?{query}".encode()
    if random.random() < 0.1:
        target = mutate(random, target, b"/phone/owntracks/%2e%2e/\xff?lat=")
    body = random.choice(BODIES) if random.random() < 0.2 else json.dumps(message(random, app)).encode()
    if random.random() < 0.3:
        body = mutate(random, body, random.choice(BODIES))
    lines = [b"Host: x", f"Content-Type: {random.choice(TYPES)}".encode(), b"Content-Length: %d" % len(body)]
    lines += [random.choice(HEADERS).encode("latin-1") for _ in range(random.choice((0, 0, 1, 3)))]
    head = b"%s %s HTTP/1.1\r\n" % (method.encode(), target)
    whole = head + b"\r\n".join(lines) + b"\r\n\r\n" + body
    is_framed = target.isascii() and not set(target) & set(b" \0\r\n\t") and target.startswith(b"/")
    chance = random.random()
    if chance < 0.04:
        return Raw(head + random.choice(FRAMINGS) + whole.removeprefix(head), method, is_framed=False)
    if chance < 0.08:
        return Raw(mutate(random, whole, random.choice(FRAMINGS)), method, is_framed=False)
    return Raw(whole, method, is_framed and b"Expect" not in whole and b"Upgrade" not in whole)


def value(random: Random, usual: object) -> Any:
    return usual if random.random() < 0.85 else random.choice(VALUES)


def parameters(random: Random) -> dict[str, Any]:
    usual = {"lat": 52.52, "lon": 13.405, "timestamp": int(time.time()), "accuracy": 5, "hdop": 1.2, "valid": "true"}
    return {name: str(value(random, given)) for name, given in usual.items() if random.random() < 0.8}


def message(random: Random, app: str) -> object:
    if app == "overland":
        return {"locations": value(random, [feature(random) for _ in range(random.choice((0, 1, 3, 20)))])}
    if app == "traccar":
        location = {
            "timestamp": value(random, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())),
            "coords": value(random, {name: value(random, 13.4) for name in ("latitude", "longitude", "accuracy")}),
        }
        return {"location": value(random, location), "device_id": value(random, "x")}
    kind = value(random, random.choice(("location",) * 5 + ("lwt", "transition", "waypoint", "encrypted", "card")))
    fields = {"lat": 52.52, "lon": 13.405, "tst": int(time.time()), "acc": 5}
    return {"_type": kind} | {name: value(random, given) for name, given in fields.items()}


def feature(random: Random) -> object:
    return value(
        random,
        {
            "type": "Feature",
            "geometry": value(random, {"type": "Point", "coordinates": value(random, [13.405, value(random, 52.52)])}),
            "properties": value(
                random,
                {
                    "timestamp": value(random, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())),
                    "horizontal_accuracy": value(random, 5),
                },
            ),
        },
    )
