"""Reads the table `location`: the track of a person, and everybody else's fixes where probes point to."""

from collections.abc import Mapping
from importlib.resources import files
from io import BytesIO

import numpy as np
import psycopg2
from sqlalchemy import Engine

from connection_service.cells import Probes
from connection_service.copy_rows import read_fixes
from connection_service.fixes import Fixes, Ints
from service_kit.database import connection
from service_kit.errors import DependencyDown, InvalidInput

TRACK = files(__package__).joinpath("track.sql").read_text()
CANDIDATES = files(__package__).joinpath("candidates.sql").read_text()

NARROW_IT = "ask for fewer days, a smaller distance or a shorter time_window"


class TooSlow(DependencyDown):
    """The database is at work, yet not done within the time that one question may take."""

    def __init__(self) -> None:
        Exception.__init__(self, f"the search was stopped because it took too long: {NARROW_IT}")


class LocationStore:
    def __init__(self, engine: Engine, max_locations: int) -> None:
        self.engine = engine
        self.max_locations = max_locations

    def track(self, person_id: int, start_us: int, end_us: int) -> Fixes:
        """Fixes of one person between two instants, both inclusive; raises as `candidates` does."""
        return self._read(TRACK, {"person_id": person_id, "start": _timestamp(start_us), "end": _timestamp(end_us)})

    def candidates(self, person_id: int, probes: Probes, start_us: int, end_us: int) -> Fixes:
        """Fixes of everybody but this person that lie in a probe and between two instants, both inclusive.

        Raises DependencyDown where the database does not answer, TooSlow where it is not done in time, InvalidInput
        where there are more than max_locations.
        """
        if probes.cell_low.size > self.max_locations:
            raise self._too_many()
        values = {"person_id": person_id, "start": _timestamp(start_us), "end": _timestamp(end_us)}
        return self._read(CANDIDATES, {**values, **probe_values(probes, start_us, end_us)})

    def _read(self, query: str, values: Mapping[str, object]) -> Fixes:
        copied = BytesIO()
        with connection(self.engine) as borrowed:
            try:
                cursor = borrowed.connection.cursor()
                filled = cursor.mogrify(query, {**values, "max_rows": self.max_locations}).decode()
                cursor.copy_expert(f"COPY ({filled}) TO STDOUT (FORMAT binary)", copied)
            except psycopg2.errors.QueryCanceled as error:
                raise TooSlow from error
            except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
                raise DependencyDown("the database") from error
        fixes = read_fixes(copied.getbuffer())
        if fixes.size > self.max_locations:
            raise self._too_many()
        return fixes

    def _too_many(self) -> InvalidInput:
        reason = f"is too far away: the question is about more than {self.max_locations:,} locations; {NARROW_IT}"
        return InvalidInput([("end_date", reason)])


def probe_values(probes: Probes, start_us: int, end_us: int) -> dict[str, str]:
    """Write the probes as the arrays that candidates.sql names: those of one cell apart from rows of cells."""
    single = probes.cell_low == probes.cell_high
    cells, rows = (Probes(*(column[chosen] for column in probes)) for chosen in (single, ~single))
    return {
        "cell": _array(cells.cell_low),
        "cell_time_low": _timestamps(cells.time_low, start_us, end_us),
        "cell_time_high": _timestamps(cells.time_high, start_us, end_us),
        "cell_low": _array(rows.cell_low),
        "cell_high": _array(rows.cell_high),
        "row_time_low": _timestamps(rows.time_low, start_us, end_us),
        "row_time_high": _timestamps(rows.time_high, start_us, end_us),
    }


def _array(values: Ints) -> str:
    return f"{{{','.join(map(str, values.tolist()))}}}"


def _timestamps(times_us: Ints, start_us: int, end_us: int) -> str:
    """Write an array of instants; what lies outside of the range would find nothing, and might be no date."""
    times = np.clip(times_us, start_us, end_us).view("datetime64[us]")
    return f"{{{','.join(np.datetime_as_string(times, timezone='UTC').tolist())}}}"


def _timestamp(time_us: int) -> str:
    return str(np.datetime_as_string(np.datetime64(time_us, "us"), timezone="UTC"))
