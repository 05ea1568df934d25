"""Files as bytes, and what is read from them."""

from io import BytesIO
from pathlib import Path

from location_client.readers.formats import read_file
from location_client.readers.rows import LocatedRow, Reading, Rejected, UnreadableFileError

DATA = Path(__file__).parents[3] / "data/files"
NINE = 1_772_442_000_000_000  # 2026-03-02T09:00:00Z in microseconds
SECOND = 1_000_000
MINUTE = 60 * SECOND


def read(
    content: bytes | str, name: str, person_id: int | None = 7, reading: Reading | None = None
) -> tuple[list[LocatedRow | Rejected], str]:
    """The rows, and why it ended before its end; empty: it did not."""
    rows: list[LocatedRow | Rejected] = []
    octets = content.encode() if isinstance(content, str) else content
    try:
        rows.extend(read_file(BytesIO(octets), name, reading or Reading(person_id)))
    except UnreadableFileError as error:
        return rows, str(error)
    return rows, ""


def fixes(rows: list[LocatedRow | Rejected]) -> list[tuple[int, int, float, float, float | None]]:
    """Person, time, latitude, longitude, accuracy of those that could be read."""
    return [row[1:] for row in rows if not isinstance(row, Rejected)]


def reasons(rows: list[LocatedRow | Rejected]) -> list[tuple[str, str]]:
    """Field and reason of those that could not."""
    return [(row.field, row.reason) for row in rows if isinstance(row, Rejected)]
