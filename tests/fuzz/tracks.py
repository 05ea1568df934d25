"""Fixes that are known, written as files of many kinds in many ways: what is read must be what was written."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import Any, NamedTuple

DAY_S = 1_772_409_600  # 2026-03-02
PERSON = 7
UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32")
NOTHING = ("", "nan", "NULL", "NA")


class Fix(NamedTuple):
    time_s: int
    latitude: float
    longitude: float
    accuracy_m: float | None


class Written(NamedTuple):
    name: str
    content: bytes
    fixes: list[Fix]  # that it holds, in their order


def some_fixes(random: Random, most: int = 30) -> list[Fix]:
    """At seconds of their own, in any order."""
    return [
        Fix(
            DAY_S + second,
            round(random.uniform(-90, 90), random.choice((0, 3, 7))),
            round(random.uniform(-180, 180), random.choice((0, 3, 7))),
            random.choice((None, round(random.uniform(0.5, 99), 1))),
        )
        for second in random.sample(range(86_400), random.randint(1, most))
    ]


def written(random: Random) -> Written:
    """Fixes in a file of some kind, perhaps packed."""
    fixes = some_fixes(random)
    name, content = random.choice(WRITERS)(random, fixes)
    if name.endswith((".gpx", ".kml", ".tcx")):  # they have no accuracy, or none for each point
        fixes = [fix._replace(accuracy_m=None) for fix in fixes]
    match random.randint(0, 9):
        case 0:
            name, content = f"{name}.gz", gzip.compress(content)
        case 1:
            content = gzip.compress(content)
        case 2:
            file = io.BytesIO()
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(name, content)
            name, content = "all.zip", file.getvalue()
        case _:
            pass
    return Written(name, content, fixes)


def time_text(random: Random, time_s: int, *, numbers: bool = True) -> str:
    moment = datetime.fromtimestamp(time_s, UTC)
    zone = timezone(timedelta(minutes=random.choice((-720, -210, 0, 60, 345, 840))))
    forms = [
        f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        f"{moment:%Y-%m-%dT%H:%M:%S.000Z}",
        f"{moment:%Y-%m-%d %H:%M:%S UTC}",
        f"{moment.astimezone(zone):%Y-%m-%dT%H:%M:%S%z}",
        moment.astimezone(zone).isoformat(sep=random.choice("T ")),
    ]
    return random.choice([*forms, str(time_s), f"{time_s}000", f"{time_s}.0"] if numbers else forms)


def csv(random: Random, fixes: list[Fix]) -> tuple[str, bytes]:
    delimiter = random.choice((",", ",", ";", "\t", "|"))
    point = random.choice((".", ",")) if delimiter != "," else "."

    def number(value: float) -> str:
        return str(value).replace(".", point)

    values: dict[str, Callable[[Fix], str]] = {
        "person_id": lambda _: random.choice(("7", "7.0", " 7")),
        random.choice(("creation_time", "time", "Timestamp")): lambda fix: time_text(random, fix.time_s),
        random.choice(("latitude", "lat", "Latitude")): lambda fix: number(fix.latitude),
        random.choice(("longitude", "lon", "lng")): lambda fix: number(fix.longitude),
        "accuracy_m": lambda fix: random.choice(NOTHING) if fix.accuracy_m is None else number(fix.accuracy_m),
        "note": lambda _: random.choice(("", "x", f'"a{delimiter} ""b"""', '"two\nlines"', "Grüße")),
    }
    names = list(values)
    random.shuffle(names)
    header = delimiter.join(f'"{name}"' if random.random() < 0.2 else name for name in names)
    lines = [header]
    for fix in fixes:
        lines.append(delimiter.join(values[name](fix) for name in names))
        if random.random() < 0.05:
            lines.append(random.choice(("", delimiter * (len(names) - 1), header)))
    text = "\n".join(lines).replace("\n", random.choice(("\n", "\r\n", "\r"))) + random.choice(("", "\n", "\n\n"))
    return "day.csv", text.encode(random.choice((*UNICODE, "latin-1")))


def gpx(random: Random, fixes: list[Fix]) -> tuple[str, bytes]:
    points = "\n".join(
        f'<trkpt lat="{fix.latitude}" lon="{fix.longitude}"><time>{time_text(random, fix.time_s)}</time></trkpt>'
        for fix in fixes
    )
    root = random.choice(("gpx", 'gpx xmlns="http://www.topografix.com/GPX/1/1"', 'gpx version="1.0" creator="x"'))
    name = random.choice(("Grüße", "<![CDATA[<b>]]>", "&amp;", ""))
    return "day.gpx", in_xml(random, f"<{root}><trk><name>{name}</name><trkseg>{points}</trkseg></trk></gpx>")


def kml(random: Random, fixes: list[Fix]) -> tuple[str, bytes]:
    whens = [f"<when>{time_text(random, fix.time_s)}</when>" for fix in fixes]
    coords = [f"<gx:coord>{fix.longitude} {fix.latitude} 0</gx:coord>" for fix in fixes]
    in_turns = "".join(part for pair in zip(whens, coords, strict=True) for part in pair)
    inside = random.choice((in_turns, "\n".join(whens + coords)))
    content = f'<kml xmlns:gx="urn:gx"><Placemark><gx:Track>{inside}</gx:Track></Placemark></kml>'
    return "day.kml", in_xml(random, content)


def tcx(random: Random, fixes: list[Fix]) -> tuple[str, bytes]:
    points = "".join(
        f"<Trackpoint><Time>{time_text(random, fix.time_s)}</Time><Position><LatitudeDegrees>{fix.latitude}"
        f"</LatitudeDegrees><LongitudeDegrees>{fix.longitude}</LongitudeDegrees></Position></Trackpoint>\n"
        for fix in fixes
    )
    return "day.tcx", in_xml(random, f"<TrainingCenterDatabase><Track>{points}</Track></TrainingCenterDatabase>")


def in_xml(random: Random, content: str) -> bytes:
    encoding = random.choice((*UNICODE, "latin-1", "gb18030", "cp1252"))
    declared = "" if encoding in UNICODE else f' encoding="{encoding}"'
    return f'{random.choice(("", chr(10)))}<?xml version="1.0"{declared}?>\n{content}\n'.encode(encoding)


def feature(random: Random, fix: Fix) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [fix.longitude, fix.latitude, *random.choice(((), (34.5,)))]}
    time: str | int = random.choice((time_text(random, fix.time_s), fix.time_s, fix.time_s * 1000))
    properties = {
        "person_id": random.choice((7, 7.0, "7")),
        random.choice(("creation_time", "time", "timestamp")): time,
        random.choice(("accuracy_m", "horizontal_accuracy")): fix.accuracy_m,
        "name": "Grüße",
    }
    return {"type": "Feature", "geometry": point, "properties": properties}


def flat(random: Random, fix: Fix) -> dict[str, Any]:
    return {
        "person_id": 7,
        "time": time_text(random, fix.time_s),
        random.choice(("lat", "latitude")): fix.latitude,
        random.choice(("lon", "lng", "longitude")): random.choice((fix.longitude, str(fix.longitude))),
        "accuracy": fix.accuracy_m,
    }


def record_of_google(random: Random, fix: Fix) -> dict[str, Any]:
    return {
        "latitudeE7": round(fix.latitude * 1e7),
        "longitudeE7": round(fix.longitude * 1e7) + random.choice((0, 2**32 if fix.longitude < 0 else 0)),
        "timestamp": time_text(random, fix.time_s, numbers=False),
        "accuracy": fix.accuracy_m,
    }


def signal_of_google(random: Random, fix: Fix) -> dict[str, Any]:
    time = time_text(random, fix.time_s, numbers=False)
    where = f"{fix.latitude:.7f}°, {fix.longitude:.7f}°"
    return {"position": {"LatLng": where, "accuracyMeters": fix.accuracy_m, "timestamp": time}}


def message_of_owntracks(_: Random, fix: Fix) -> dict[str, Any]:
    return {"_type": "location", "tst": fix.time_s, "lat": fix.latitude, "lon": fix.longitude, "acc": fix.accuracy_m}


def in_json(random: Random, fixes: list[Fix]) -> tuple[str, bytes]:
    one, around = random.choice(ITEMS)
    items = [one(random, fix) for fix in fixes]
    indent = random.choice((None, None, 1))
    match random.randint(0, 3):
        case 0 if around:
            members: dict[str, Any] = {"type": "FeatureCollection", "bbox": [1, 2, 3, 4], around: items}
            text = json.dumps(dict(random.sample(list(members.items()), 3)), indent=indent)
        case 1 if around != "rawSignals":
            text = "\n".join(json.dumps(item) for item in items)
        case 2 if around != "rawSignals":
            text = "".join(f"\x1e{json.dumps(item, indent=indent)}\n" for item in items)
        case _ if around == "rawSignals":
            text = json.dumps({around: items}, indent=indent)
        case _:
            text = json.dumps(items, indent=indent)
    return "day.json", text.encode(random.choice(UNICODE))


def line(random: Random, fixes: list[Fix]) -> tuple[str, bytes]:
    """A line has one accuracy for all its points, so that it is all the same."""
    times = [time_text(random, fix.time_s) for fix in fixes]
    properties: dict[str, Any] = {"person_id": 7}
    properties |= random.choice(({"coordTimes": times}, {"coordinateProperties": {"times": times}}))
    coordinates = [[fix.longitude, fix.latitude] for fix in fixes]
    geometry = {"type": random.choice(("LineString", "MultiPoint")), "coordinates": coordinates}
    return "day.geojson.gpx", json.dumps({"type": "Feature", "geometry": geometry, "properties": properties}).encode()


def rec(random: Random, fixes: list[Fix]) -> tuple[str, bytes]:
    messages = [json.dumps(message_of_owntracks(random, fix)) for fix in fixes]
    return "march.rec", "".join(f"2026-03-03T00:00:00Z\t{'*':18}\t{message}\n" for message in messages).encode()


ITEMS: tuple[tuple[Callable[[Random, Fix], dict[str, Any]], str], ...] = (
    (feature, "features"),
    (feature, "locations"),
    (flat, ""),
    (record_of_google, "locations"),
    (signal_of_google, "rawSignals"),
    (message_of_owntracks, "locations"),
)
WRITERS = (csv, csv, gpx, kml, tcx, in_json, in_json, line, rec)
