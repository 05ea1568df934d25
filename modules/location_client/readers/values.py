"""Single values of a file: numbers, and what is to be said where one is none."""

from collections.abc import Mapping
from math import isnan
from typing import Any

LARGEST_ID = 2**63 - 1
DIGITS_OF_LARGEST_ID = len(str(LARGEST_ID))
EXACT_IN_A_DOUBLE = 2**53  # a larger id that was a floating-point number on the way is another one now
LONGEST_SHOWN = 60  # characters of a value that could not be read
NO_ACCURACY = frozenset(("", "-", "na", "n/a", "#n/a", "<na>", "null", "none", "nil", "\\n"))

NAMES = {
    "person_id": ("person_id", "personid"),
    "creation_time": ("creation_time", "time", "timestamp", "datetime", "date_time"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon", "lng", "long"),
    "accuracy_m": ("accuracy_m", "accuracy", "horizontal_accuracy"),
}
"""Field → how columns and members call it; the first name is ours and comes before the others."""


class UnreadableError(Exception):
    """A value that cannot be read. Whether it makes sense (a latitude of 91) is for the server to say."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field} {reason}")
        self.field = field
        self.reason = reason


def whole_number(field: str, text: str) -> int:
    """An integer of 64 bits; also as 7.0, which is how data frames write ids when one is missing."""
    if text.isdecimal() and text.isascii() and len(text) < DIGITS_OF_LARGEST_ID:
        return int(text)
    whole, point, rest = text.strip().partition(".")
    try:
        number = int(text if rest.strip("0") else whole)
    except ValueError:
        raise UnreadableError(field, not_a("whole number", text)) from None
    # Python takes 1_000 and digits of every script, nobody else does.
    if "_" in text or not text.isascii() or not -LARGEST_ID <= number <= LARGEST_ID:
        raise UnreadableError(field, not_a("whole number of 64 bits", text))
    if point and abs(number) > EXACT_IN_A_DOUBLE:
        raise UnreadableError(field, f"{shown(text)} has lost its last digits: it was a floating-point number")
    return number


def decimal(field: str, text: str) -> float:
    """A number; also nan and inf, which are for the server to refuse."""
    try:
        number = float(text)
    except ValueError:
        raise UnreadableError(field, not_a("number", text)) from None
    if "_" in text or not text.isascii():
        raise UnreadableError(field, not_a("number", text))
    return number


def accuracy(text: str) -> float | None:
    """The radius in metres, or None where it says in one way or another that there is none."""
    try:
        number = decimal("accuracy_m", text)
    except UnreadableError:
        if text.strip().lower() in NO_ACCURACY:
            return None
        raise
    return None if isnan(number) else number


def named(values: Mapping[str, Any], field: str) -> Any:  # noqa: ANN401  JSON
    """A field's value, whatever it is called; None: there is none."""
    return next((values[name] for name in NAMES[field] if values.get(name) is not None), None)


def text_of(value: object) -> str:
    """A value of JSON as the text it would be in a CSV file."""
    return "" if value is None else str(value)


def not_a(kind: str, text: str) -> str:
    """The reason why a value cannot be read."""
    if not text.strip():
        return "is missing"
    return f"must be a {kind}, is {shown(text)}"


def shown(text: str) -> str:
    """A value for people, in quotation marks; what is not to be seen is escaped."""
    return repr(text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…")
