"""Overland (README of aaronpk/Overland-iOS): batches of GeoJSON features, kept by the app until it is told "ok"."""

from typing import Any, Final

from phone_gateway.apps.fixes import Fix, NoFixError, Refusal, Report, accuracy, moment, place
from phone_gateway.apps.request import PhoneRequest, document, refused
from phone_gateway.apps.values import instant_us, number

ANSWER: Final = b'{"result":"ok"}'


def read(request: PhoneRequest) -> Report:
    message = document(request.body)
    if isinstance(message, Refusal):
        return Report([], [message])
    features = message.get("locations") if isinstance(message, dict) else None
    if not isinstance(features, list):
        return Report([], [refused(NoFixError("unreadable", "locations must be a list of features"), request.original)])
    fixes, refusals = [], []
    for feature in features:
        try:
            if (read := fix(feature, request)) is not None:
                fixes.append(read)
        except NoFixError as error:
            refusals.append(refused(error, feature if isinstance(feature, dict) else b""))
    return Report(fixes, refusals)


def fix(feature: Any, request: PhoneRequest) -> Fix | None:  # noqa: ANN401  whatever the JSON holds
    """None for what is no location, such as a visit or a note of the app's. Raises NoFixError."""
    if not isinstance(feature, dict):
        raise NoFixError("unreadable", "a location must be a feature")
    properties, geometry = feature.get("properties"), feature.get("geometry")
    if isinstance(properties, dict) and "action" in properties:
        return None
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if not isinstance(properties, dict) or not isinstance(coordinates, list) or len(coordinates) < 2:  # noqa: PLR2004  longitude and latitude
        raise NoFixError("no_place", "a feature must have properties, and the coordinates of a point")
    radius = number(properties.get("horizontal_accuracy"))
    if radius is not None and radius < 0:  # Apple's CLLocation.horizontalAccuracy
        raise NoFixError("no_fix", "a negative accuracy says that the place is not valid")
    latitude, longitude = place(coordinates[1], coordinates[0])
    time_us = request.put_right(moment(instant_us(properties.get("timestamp")), request.now_us))
    return Fix(latitude, longitude, time_us, accuracy(radius))
