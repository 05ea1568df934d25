"""OwnTracks in HTTP mode (owntracks.org/booklet/tech/http and /json): a POST for each message, JSON with a `_type`.

Only locations are taken. All else that it sends, also the empty body of a deleted friend, is answered as understood:
the app sends nothing further until its oldest message is taken.
"""

from typing import Any, Final

from phone_gateway.apps.fixes import NOTHING, Fix, NoFixError, Refusal, Report, accuracy, moment, place
from phone_gateway.apps.request import CannotReadError, PhoneRequest, document, refused
from phone_gateway.apps.values import instant_us

ANSWER: Final = b"[]"

SEALED: Final = "its payload is encrypted, which cannot be read here; take the encryption key out of the app's settings"


def read(request: PhoneRequest) -> Report:
    """Raises CannotReadError for a payload that is encrypted: the app shows it, and keeps what it has."""
    if not request.body.strip():
        return NOTHING
    message = document(request.body)
    if isinstance(message, Refusal):
        return Report([], [message])
    messages = message if isinstance(message, list) else [message]
    fixes, refusals = [], []
    for each in messages:
        kind = each.get("_type") if isinstance(each, dict) else None
        if kind == "encrypted":
            raise CannotReadError(SEALED)
        if kind != "location":
            continue
        try:
            fixes.append(fix(each, request))
        except NoFixError as error:
            refusals.append(refused(error, each))
    return Report(fixes, refusals)


def fix(message: dict[str, Any], request: PhoneRequest) -> Fix:
    """Raises NoFixError. `tst` is when the fix was taken; `created_at`, when the message was made, is not."""
    latitude, longitude = place(message.get("lat"), message.get("lon"))
    time_us = request.put_right(moment(instant_us(message.get("tst")), request.now_us))
    return Fix(latitude, longitude, time_us, accuracy(message.get("acc")))
