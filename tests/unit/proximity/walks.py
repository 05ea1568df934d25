"""People who stand and walk, anywhere on the globe, as their phones see them."""

import numpy as np
from hypothesis import strategies as st

from proximity.fixes import Fixes
from tests.unit.proximity.scenes import LATITUDES, LONGITUDES, WGS84, Place

SECOND = 1_000_000


def track(  # noqa: PLR0913  what a phone is like
    person_id: int,
    corners: list[tuple[float, Place]],
    *,
    interval_s: float = 10.0,
    off_m: float = 0.0,
    accuracy_m: float | None = 3.0,
    seed: int = 0,
    start_us: int = 0,
) -> Fixes:
    """Fixes of somebody who is at each of the corners at its time (seconds), and goes straight in between."""
    random = np.random.default_rng(seed)
    times = np.arange(corners[0][0], corners[-1][0] + interval_s / 2, interval_s)
    latitude, longitude = np.empty(times.size), np.empty(times.size)
    for index, time in enumerate(times.tolist()):
        at = next((n for n in range(len(corners) - 1) if time < corners[n + 1][0]), len(corners) - 2)
        (since, here), (until, there) = corners[at], corners[at + 1]
        azimuth, _, metres = WGS84.inv(here[1], here[0], there[1], there[0])
        place = WGS84.fwd(here[1], here[0], azimuth, metres * min((time - since) / (until - since), 1.0))
        place = WGS84.fwd(place[0], place[1], random.uniform(0, 360), off_m * np.sqrt(random.chisquare(2)))
        longitude[index], latitude[index] = place[:2]
    return Fixes(
        np.full(times.size, person_id),
        start_us + np.rint(times * SECOND).astype(np.int64),
        latitude,
        longitude,
        np.full(times.size, np.nan if accuracy_m is None else accuracy_m, dtype=np.float32),
    )


@st.composite
def crowds(draw: st.DrawFn, most: int = 4) -> Fixes:
    """Fixes of a few people around one place, with gaps, at all kinds of rates, by person and time."""
    centre = draw(LATITUDES), draw(LONGITUDES)
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    interval_s = draw(st.sampled_from([1.0, 10.0, 37.0, 300.0]))
    rows = []
    for person_id in range(1, draw(st.integers(1, most)) + 1):
        number = int(random.integers(1, 60))
        steps_s = random.uniform(0.3, 1.7, number) * interval_s
        steps_s[random.uniform(size=number) < 0.03] *= 30
        moves = random.uniform(size=number) < 0.3
        metres = np.cumsum(np.where(moves, steps_s * random.uniform(0, 1.6), 0.0))
        azimuth = random.uniform(0, 360)
        off = random.normal(0, 2, number)
        lon, lat, _ = WGS84.fwd(
            np.full(number, centre[1]), np.full(number, centre[0]), np.full(number, azimuth), metres % 60 + off
        )
        time_us = np.rint((random.uniform(0, 3000) + np.cumsum(steps_s)) * SECOND).astype(np.int64)
        accuracy = random.choice([np.nan, 0.0, 0.05, 3.0, 6.0, 200.0], size=number)
        rows.append(Fixes(np.full(number, person_id), time_us, lat, lon, accuracy.astype(np.float32)))
    return Fixes._make(np.concatenate(column) for column in zip(*rows, strict=True))
