"""The parameters of the query strings: fields that read one each, and describe it for Swagger."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from marshmallow import ValidationError, fields

from proximity.instants import DAY_US, SECOND_US, read_day, read_instant
from service_kit.rest.fields import QueryNumber, between, shown

LONGEST_S: Final = 4e11  # more than the years 1 to 9999 have: any longer time means the same
LEAST_LIKELY: Final = 0.1

# What instants.py reads, but for the calendar: a specification cannot say how long a month is.
A_DAY: Final = r"(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
A_TIME: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]"
DAY_OR_INSTANT: Final = rf"^{A_DAY}([Tt ]{A_TIME}:[0-5][0-9](\.[0-9]+)?([Zz]|[-+ ]{A_TIME}))?$"
NUMBER_OR_ANY: Final = r"^(any|[0-9]+(\.[0-9]+)?)$"

Data = Mapping[str, Any] | None


class DayOrInstant(fields.Field[int]):
    """Microseconds since 1970. As the end of a range, a day is its last microsecond."""

    default_error_messages = {  # noqa: RUF012  marshmallow's form
        "form": "must be a day such as 2026-03-02 or an instant such as 2026-03-02T09:30:00Z, is {input}",
        "impossible": "must be a date and time of the calendar, is {input}",
    }

    def __init__(self, *, data_key: str, description: str, is_end: bool = False) -> None:
        self.is_end = is_end
        super().__init__(
            data_key=data_key,
            required=True,
            metadata={"type": "string", "pattern": DAY_OR_INSTANT, "description": description},
        )

    def _deserialize(self, value: object, attr: str | None, data: Data, **_more: object) -> int:
        del attr, data
        text = str(value)
        try:
            day = read_day(text)
            instant = read_instant(text) if day is None else day
        except ValueError as error:
            raise self.make_error("impossible", input=shown(text)) from error
        if instant is None:
            raise self.make_error("form", input=shown(text) or "empty")
        return instant if day is None or not self.is_end else day + DAY_US - 1


class Distance(QueryNumber):
    """Metres, more than 0."""

    def _deserialize(self, value: object, attr: str | None, data: Data, **more: object) -> float:
        metres = super()._deserialize(value, attr, data, **more)
        if metres <= 0:
            raise ValidationError(f"must be greater than 0, is {shown(str(value))}")
        return metres


class Seconds(QueryNumber):
    """A length of time, 0 or more, in microseconds; None for `any` where that is allowed."""

    def __init__(self, *, data_key: str, description: str, or_any: bool = False, default: int | None = None) -> None:
        self.or_any = or_any
        metadata: dict[str, Any] = {"type": "number", "minimum": 0, "description": description}
        if or_any:
            metadata = {"type": "string", "pattern": NUMBER_OR_ANY, "description": description}
        if default is None:
            super().__init__(data_key=data_key, metadata=metadata)
        else:
            metadata["default"] = str(default) if or_any else default
            super().__init__(data_key=data_key, load_default=default * SECOND_US, metadata=metadata)

    # The base class gives a float.
    def _deserialize(  # type: ignore[override]
        self, value: object, attr: str | None, data: Data, **more: object
    ) -> int | None:
        if self.or_any and value == "any":
            return None
        seconds = super()._deserialize(value, attr, data, **more)
        if seconds < 0:
            raise ValidationError(f"must not be less than 0, is {shown(str(value))}")
        return round(min(seconds, LONGEST_S) * SECOND_US)


class Probability(QueryNumber):
    """From LEAST_LIKELY to 1. Below, everybody around would have met everybody."""

    def __init__(self, description: str) -> None:
        super().__init__(
            validate=between(LEAST_LIKELY, 1),
            metadata={"type": "number", "description": description},
        )


class Flag(fields.Field[bool]):
    """`true` or `false`."""

    def __init__(self, description: str, *, default: bool | None = None) -> None:
        metadata: dict[str, Any] = {"type": "boolean", "description": description}
        if default is None:
            super().__init__(metadata=metadata)
        else:
            super().__init__(load_default=default, metadata=metadata | {"default": default})

    def _deserialize(self, value: object, attr: str | None, data: Data, **_more: object) -> bool:
        del attr, data
        if value not in {"true", "false"}:
            raise ValidationError(f"must be true or false, is {shown(str(value))}")
        return value == "true"


class Either(fields.Field[bool]):
    """One of two words. False is the first one, which is the default."""

    def __init__(self, usual: str, other: str, *, data_key: str, description: str) -> None:
        self.usual, self.other = usual, other
        super().__init__(
            data_key=data_key,
            load_default=False,
            metadata={"type": "string", "enum": [usual, other], "default": usual, "description": description},
        )

    def _deserialize(self, value: object, attr: str | None, data: Data, **_more: object) -> bool:
        del attr, data
        if value not in {self.usual, self.other}:
            raise ValidationError(f"must be {self.usual} or {self.other}, is {shown(str(value))}")
        return value == self.other


class Word(fields.Field[str]):
    """One of a few words; absent where it is not given."""

    def __init__(self, words: Sequence[str], *, data_key: str, description: str) -> None:
        self.words = words
        super().__init__(
            data_key=data_key, metadata={"type": "string", "enum": list(words), "description": description}
        )

    def _deserialize(self, value: object, attr: str | None, data: Data, **_more: object) -> str:
        del attr, data
        if value not in self.words:
            raise ValidationError(f"must be {', '.join(self.words[:-1])} or {self.words[-1]}, is {shown(str(value))}")
        return str(value)
