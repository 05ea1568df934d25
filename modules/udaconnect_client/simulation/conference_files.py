"""What `udaconnect simulate` writes: the fixes, the true meetings, the floor plan."""

import csv
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from location_client.readers.instants import EPOCH, MICROSECOND
from udaconnect_client.simulation.conference import Fixes
from udaconnect_client.simulation.instants import write_instants
from udaconnect_client.simulation.true_meetings import Meetings
from udaconnect_client.simulation.venue import Venue


def write_fixes(path: Path, slices: Iterable[Fixes]) -> int:
    """Write CSV as `udaconnect push` reads it; returns the number of fixes."""
    count = 0
    with path.open("w", newline="") as file:
        file.write("person_id,creation_time,latitude,longitude,accuracy_m\n")
        for fixes in slices:
            columns = (
                fixes.person_id.tolist(),
                write_instants(fixes.creation_time),
                fixes.latitude.tolist(),
                fixes.longitude.tolist(),
                fixes.accuracy_m.tolist(),
            )
            file.writelines(
                f"{person_id},{time},{latitude:.8f},{longitude:.8f},{accuracy_m:.1f}\n"
                for person_id, time, latitude, longitude, accuracy_m in zip(*columns, strict=True)
            )
            count += len(fixes.person_id)
    return count


def write_truth(path: Path, meetings: Iterable[Meetings], start: datetime, person_ids: NDArray[np.int64]) -> int:
    """Write CSV, one meeting a line, in the order of their ends; returns their number."""
    count = 0
    start_us = (start - EPOCH) // MICROSECOND
    with path.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("person_id", "other_person_id", "started_at", "ended_at", "closest_m"))
        for some in meetings:
            rows.writerows(
                zip(
                    person_ids[some.person].tolist(),
                    person_ids[some.other].tolist(),
                    write_instants(start_us + (some.started_s * 1e6).astype(np.int64)),
                    write_instants(start_us + (some.ended_s * 1e6).astype(np.int64)),
                    some.closest_m.round(3).tolist(),
                    strict=True,
                )
            )
            count += len(some.person)
    return count


def write_venue(path: Path, venue: Venue) -> None:
    """Write GeoJSON: rooms, booths, coffee areas and corridors as polygons with the properties name and kind."""
    path.write_text(json.dumps(venue.geojson(), indent=1) + "\n")
