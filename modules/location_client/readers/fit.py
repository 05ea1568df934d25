"""FIT, what sports watches and bicycle computers write: its records that have a position. Read by fitdecode."""

from collections.abc import Iterator
from typing import BinaryIO

import fitdecode

from location_client.readers.rows import LocatedRow, Reading, Record, Rejected, Rows, UnreadableFileError
from location_client.readers.tcx import WITHOUT_POSITION
from location_client.readers.values import UnreadableError

# The profile of the format: time is seconds since 1989-12-31 UTC, smaller numbers are seconds since the device was
# switched on; an angle is 2³¹ parts of half a turn.
EPOCH_S = 631_065_600
EARLIEST = 0x10000000
SEMICIRCLES = 2**31
MAGIC = b".FIT"
MAGIC_AT = slice(8, 12)


def is_fit(head: bytes) -> bool:
    return head[MAGIC_AT] == MAGIC


def read_fit(file: BinaryIO, reading: Reading) -> Rows:
    """The records of a file, numbered from 1. Raises UnreadableFileError, in the end also for a wrong checksum."""
    owner = reading.owner("is FIT")
    number = 0
    frames = messages(file)
    while True:
        try:
            message = next(frames, None)
        # Bytes that are no FIT take it by surprise in many ways.
        except Exception as error:
            if isinstance(error, UnreadableFileError | OSError):
                raise
            reason = "its checksum is wrong" if isinstance(error, fitdecode.FitCRCError) else str(error)[:100]
            raise UnreadableFileError(f"is not FIT behind record {number}: {reason}") from None
        if message is None:
            return
        number += 1
        try:
            if row := record_row(Record(number), owner, message):
                yield row
            else:
                reading.remarks[WITHOUT_POSITION] += 1
        except UnreadableError as error:
            yield Rejected(Record(number), error.field, error.reason)


def messages(file: BinaryIO) -> Iterator[fitdecode.FitDataMessage]:
    """The records; values as they are, because the library would round angles and guess times."""
    with fitdecode.FitReader(
        file,
        processor=None,
        check_crc=fitdecode.CrcCheck.RAISE,
        error_handling=fitdecode.ErrorHandling.IGNORE,
    ) as reader:
        for frame in reader:
            if frame.frame_type == fitdecode.FIT_FRAME_DATA and frame.name == "record":
                yield frame


def record_row(place: Record, owner: int, message: fitdecode.FitDataMessage) -> LocatedRow | None:
    """One location; None: it has no position. Raises UnreadableError."""
    latitude, longitude = (raw(message, name) for name in ("position_lat", "position_long"))
    if latitude is None or longitude is None:
        return None
    time_s = raw(message, "timestamp")
    if time_s is None or time_s < EARLIEST:
        raise UnreadableError("creation_time", "is missing: the device did not know the time yet")
    radius = raw(message, "gps_accuracy")
    return (
        place,
        owner,
        (EPOCH_S + time_s) * 1_000_000,
        latitude * 180 / SEMICIRCLES,
        longitude * 180 / SEMICIRCLES,
        None if radius is None else float(radius),
    )


def raw(message: fitdecode.FitDataMessage, name: str) -> int | None:
    """A whole number as it is in the file; None where there is none."""
    value = message.get_raw_value(name, fallback=None) if message.has_field(name) else None
    return value if isinstance(value, int) else None
