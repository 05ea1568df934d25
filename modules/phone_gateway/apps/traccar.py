"""Traccar Client: JSON from version 9 on (traccar.org/osmand), and the form of those before.

The JSON is that of the SDK within it: one location, or a list where it sends several.
"""

from typing import Any

from phone_gateway.apps import query
from phone_gateway.apps.fixes import Fix, NoFixError, Refusal, Report, accuracy, moment, place
from phone_gateway.apps.request import PhoneRequest, document, refused
from phone_gateway.apps.values import instant_us


def is_json(request: PhoneRequest) -> bool:
    return request.body[:1] in b"{[" and bool(request.body)


def read(request: PhoneRequest) -> Report:
    if not is_json(request):
        return query.read(request)
    message = document(request.body)
    if isinstance(message, Refusal):
        return Report([], [message])
    given = message.get("location") if isinstance(message, dict) else message
    fixes, refusals = [], []
    for each in given if isinstance(given, list) else [given]:
        try:
            fixes.append(fix(each, request))
        except NoFixError as error:
            refusals.append(refused(error, each if isinstance(each, dict) else request.original))
    return Report(fixes, refusals)


def fix(location: Any, request: PhoneRequest) -> Fix:  # noqa: ANN401  whatever the JSON holds
    """Raises NoFixError."""
    coordinates = location.get("coords") if isinstance(location, dict) else None
    if not isinstance(coordinates, dict):
        raise NoFixError("no_place", "location.coords must be an object")
    latitude, longitude = place(coordinates.get("latitude"), coordinates.get("longitude"))
    time_us = request.put_right(moment(instant_us(location.get("timestamp")), request.now_us))
    return Fix(latitude, longitude, time_us, accuracy(coordinates.get("accuracy")))


def device_id(request: PhoneRequest) -> str | None:
    """What the app was given as its identifier, which is its secret here."""
    if is_json(request):
        message = document(request.body)
        found = message.get("device_id") if isinstance(message, dict) else None
        return found if isinstance(found, str) else None
    parameters = request.parameters()
    return parameters.get("id") or parameters.get("deviceid")
