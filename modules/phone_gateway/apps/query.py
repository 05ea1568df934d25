"""A fix in the parameters of an address or of a form: Traccar Client before version 9, OsmAnd, GPSLogger.

The form is that of traccar.org/osmand, and what OsmAndProtocolDecoder.java in traccar/traccar takes besides.
"""

from collections.abc import Mapping
from typing import Final

from phone_gateway.apps.fixes import NOTHING, Fix, NoFixError, Report, accuracy, moment, place, text
from phone_gateway.apps.request import PhoneRequest, refused
from phone_gateway.apps.values import instant_us

ANSWER: Final = b"OK"

PLACE: Final = ("lat", "latitude", "lon", "lng", "longitude", "location")
TIMES: Final = ("timestamp", "time", "tst")
INVALID: Final = ("0", "false", "no")


def read(request: PhoneRequest) -> Report:
    return read_parameters(request, hdop_is_metres=False)


def read_osmand(request: PhoneRequest) -> Report:
    """OsmAnd's own live tracking: what it calls hdop is its accuracy in metres (LiveMonitoringHelper.java)."""
    return read_parameters(request, hdop_is_metres=True)


def read_parameters(request: PhoneRequest, *, hdop_is_metres: bool) -> Report:
    parameters = {name.lower(): value for name, value in request.parameters().items()}
    if not parameters.keys() & set(PLACE) and not request.body:
        return NOTHING  # somebody looks whether there is anybody
    try:
        return Report([fix(parameters, request, hdop_is_metres=hdop_is_metres)], [])
    except NoFixError as error:
        return Report([], [refused(error, request.original)])


def fix(parameters: Mapping[str, str], request: PhoneRequest, *, hdop_is_metres: bool) -> Fix:
    """Raises NoFixError. Without a time it is now, as Traccar has it; a time that cannot be read is none."""
    if parameters.get("valid", "").lower() in INVALID:
        raise NoFixError("no_fix", "the app says that it is not valid")
    latitude, longitude = text(parameters, "lat", "latitude"), text(parameters, "lon", "lng", "longitude")
    if latitude is None and "," in parameters.get("location", ""):
        latitude, _, longitude = parameters["location"].partition(",")
    y, x = place(latitude, longitude)
    time = text(parameters, *TIMES)
    time_us = request.put_right(moment(request.now_us if time is None else instant_us(time), request.now_us))
    metres, hdop = text(parameters, "accuracy", "acc"), text(parameters, "hdop")
    return Fix(y, x, time_us, accuracy(metres or hdop) if hdop_is_metres else accuracy(metres, hdop))
