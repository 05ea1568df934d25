"""Where clocks stood that wrote times without a zone."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class UnknownZoneError(Exception):
    """The message reads on from the field: "zone" "must be …"."""


def zone_called(name: str) -> ZoneInfo | None:
    """The zone of the IANA's database; None where none is named, which means UTC. Raises UnknownZoneError."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownZoneError(f"must be a zone that is known here, such as Europe/Berlin, is {name!r}") from None
