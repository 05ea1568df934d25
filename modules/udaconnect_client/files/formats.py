"""Which format a file has, told by the end of its name."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from udaconnect_client.files.csv import read_csv
from udaconnect_client.files.geojson import read_geojson
from udaconnect_client.files.gpx import read_gpx
from udaconnect_client.files.rows import Rows, UnreadableFileError

Reader = Callable[[BinaryIO, int | None], Rows]

READERS: dict[str, Reader] = {
    ".csv": read_csv,
    ".gpx": read_gpx,
    ".geojson": read_geojson,
    ".json": read_geojson,
}


def reader_for(path: Path) -> Reader:
    """The reader for a file; raises UnreadableFileError where its name ends in nothing known."""
    try:
        return READERS[path.suffix.lower()]
    except KeyError:
        raise UnreadableFileError(f"must end in {', '.join(READERS)}") from None
