"""How each app is told where to send and by which secret: by a link of its own, or by what is to be typed in.

Where the forms come from: OwnTracks, owntracks.org/booklet/features/remoteconfig and tech/json; Traccar Client,
configuration_service.dart in traccar/traccar-client (a scanned address is taken apart into server and settings, a link
names them); Overland, the README of aaronpk/Overland-iOS; GPSLogger, CustomUrlLogger.java in mendhak/gpslogger;
OsmAnd, LiveSender.java in osmandapp/OsmAnd, whose {3} is the accuracy in metres.
"""

import json
from base64 import b64encode
from typing import NamedTuple
from urllib.parse import urlencode

from person_service.devices.pairing import Paired

# Often enough for meetings of minutes: docs/phones.md says what that costs a battery.
OWNTRACKS = {"monitoring": 2, "locatorInterval": 30, "locatorDisplacement": 10}
TRACCAR = {"accuracy": "highest", "distance": 10, "interval": 30, "heartbeat": 300, "buffer": "true"}


class Field(NamedTuple):
    """One of an app's settings, as the app calls it."""

    name: str
    value: str


class Setup(NamedTuple):
    url: str
    link: str | None
    """Opens the app and sets it up; None: it has no such links."""

    qr: str
    fields: list[Field]


def setup_of(paired: Paired, gateway_url: str) -> Setup:
    return SETUPS[paired.device.app](paired, gateway_url.rstrip("/") + "/phone/" + paired.device.app)


def owntracks(paired: Paired, url: str) -> Setup:
    user = f"device-{paired.device.id}"
    configuration = {
        "_type": "configuration",
        "mode": 3,  # HTTP
        "url": url,
        "auth": True,
        "username": user,
        "password": paired.secret,
        "deviceId": user,
        "tid": paired.device.name[:2],
        "cmd": False,
        **OWNTRACKS,
    }
    link = f"owntracks:///config?inline={b64encode(json.dumps(configuration).encode()).decode()}"
    fields = [Field("Mode", "HTTP"), Field("URL", url), Field("UserID", user), Field("Password", paired.secret)]
    return Setup(url, link, link, fields)


def traccar(paired: Paired, url: str) -> Setup:
    settings = {"id": paired.secret, **TRACCAR}
    link = f"org.traccar.client://config?{urlencode({'url': url, **settings})}"
    fields = [Field("Server URL", url), Field("Device identifier", paired.secret)]
    return Setup(url, link, f"{url}?{urlencode(settings)}", fields)


def overland(paired: Paired, url: str) -> Setup:
    device = f"device-{paired.device.id}"
    link = f"overland://setup?{urlencode({'url': url, 'token': paired.secret, 'device_id': device})}"
    fields = [Field("Receiver Endpoint URL", url), Field("Access Token", paired.secret), Field("Device ID", device)]
    return Setup(url, link, link, fields)


def gpslogger(paired: Paired, url: str) -> Setup:
    template = f"{url}/{paired.secret}?lat=%LAT&lon=%LON&timestamp=%TIMESTAMP&acc=%ACC"
    return Setup(template, None, template, [Field("URL", template), Field("HTTP Method", "GET")])


def osmand(paired: Paired, url: str) -> Setup:
    template = f"{url}/{paired.secret}?lat={{0}}&lon={{1}}&timestamp={{2}}&accuracy={{3}}"
    return Setup(template, None, template, [Field("Web address", template)])


SETUPS = {"owntracks": owntracks, "traccar": traccar, "overland": overland, "gpslogger": gpslogger, "osmand": osmand}
