"""Random scenes anywhere on the globe, and what a geodesic library says of them."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from pyproj import Geod

from proximity.fixes import Fixes

WGS84 = Geod(ellps="WGS84")
MINUTE = 60_000_000
# Where a chord and the geodesic above it could disagree about a radius: at 1 km they differ by a micrometre.
TOLERANCE_M = 2e-6

Place = tuple[float, float]  # latitude, longitude


def fixes(rows: list[tuple[int, int, float, float]], accuracy_m: dict[int, float | None] | None = None) -> Fixes:
    """Columns from rows of (person_id, time_us, latitude, longitude); accuracy by person."""
    rows = sorted(set(rows), key=lambda row: (row[1], row[0]))
    person, time, latitude, longitude = zip(*rows, strict=True) if rows else ((), (), (), ())
    accuracies = [(accuracy_m or {}).get(one) for one in person]
    return Fixes(
        np.array(person, dtype=np.int64),
        np.array(time, dtype=np.int64),
        np.array(latitude, dtype=float),
        np.array(longitude, dtype=float),
        np.array([np.nan if accuracy is None else accuracy for accuracy in accuracies], dtype=np.float32),
    )


def geodesic_m(a: Place, b: Place) -> float:
    return float(WGS84.inv(a[1], a[0], b[1], b[0])[2])


def go(place: Place, azimuth: float, metres: float) -> Place:
    """Return the latitude and longitude of the place that far away in that direction."""
    longitude, latitude, _ = WGS84.fwd(place[1], place[0], azimuth, metres)
    return float(latitude), float(longitude)


def place_of(fixes: Fixes, index: int) -> Place:
    return float(fixes.latitude[index]), float(fixes.longitude[index])


@dataclass
class Scene:
    everybody: Fixes  # P is person 1
    distance_m: float
    window_us: int | None

    @property
    def track(self) -> Fixes:
        return self.everybody.at(self.everybody.person_id == 1)

    @property
    def others(self) -> Fixes:
        return self.everybody.at(self.everybody.person_id != 1)


LATITUDES = st.one_of(st.floats(-90, 90), st.sampled_from([0.0, 90.0, -90.0, 89.9999, -89.99, 60.0]))
LONGITUDES = st.one_of(st.floats(-180, 180), st.sampled_from([0.0, 180.0, -180.0, 179.99999, -179.99999]))
ACCURACIES = st.one_of(st.none(), st.sampled_from([0.0, 0.5, 5.0, 100.0, 101.0, 5000.0]))


@st.composite
def scenes(
    draw: st.DrawFn,
    windows: tuple[int | None, ...] = (None, 0, MINUTE, 10 * MINUTE),
    spread: float = 1.5,
    distances: tuple[float, ...] = (0.05, 1.0, 5.0, 50.0, 500.0, 1000.0),
) -> Scene:
    """Clouds of fixes around one place, with the awkward places drawn more often."""
    centre = draw(LATITUDES), draw(LONGITUDES)
    distance = draw(st.sampled_from(distances))
    moments: set[tuple[int, int]] = set()
    rows = []
    for person_id in [1] * draw(st.integers(1, 6)) + draw(st.lists(st.integers(2, 4), max_size=8)):
        time = draw(st.integers(0, 20)) * MINUTE // draw(st.sampled_from([1, 7]))
        place = go(centre, draw(st.floats(0, 360)), draw(st.floats(0, spread)) * distance)
        if (person_id, time) not in moments:
            moments.add((person_id, time))
            rows.append((person_id, time, *place))
    accuracy = {person_id: draw(ACCURACIES) for person_id in range(1, 5)}
    return Scene(fixes(rows, accuracy), distance, draw(st.sampled_from(windows)))
