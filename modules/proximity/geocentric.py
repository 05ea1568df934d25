"""Points on the WGS 84 ellipsoid as geocentric x, y, z, and back.

Distances are chords between points at height 0 (geodetic to geocentric coordinates: EPSG Guidance Note 7-2, method
9602). A chord of s metres is shorter than the geodesic by s³ / (24 R²): 1 micrometre at 1 km.
"""

import numpy as np

from proximity.fixes import Floats

SEMI_MAJOR_AXIS = 6_378_137.0
FLATTENING = 1 / 298.257223563
ECCENTRICITY_SQUARED = FLATTENING * (2 - FLATTENING)


def geocentric(latitude: Floats, longitude: Floats) -> Floats:
    """Degrees to metres, x, y and z as rows: float64[3, n]."""
    phi, lam = np.radians(latitude), np.radians(longitude)
    sine, cosine = np.sin(phi), np.cos(phi)
    prime_vertical = SEMI_MAJOR_AXIS / np.sqrt(1 - ECCENTRICITY_SQUARED * sine**2)
    across = prime_vertical * cosine
    return np.stack([across * np.cos(lam), across * np.sin(lam), prime_vertical * (1 - ECCENTRICITY_SQUARED) * sine])


def geodetic(points: Floats) -> tuple[Floats, Floats]:
    """Latitude and longitude of points at (or millimetres from) the surface."""
    x, y, z = points
    latitude: Floats = np.degrees(np.arctan2(z, (1 - ECCENTRICITY_SQUARED) * np.hypot(x, y)))
    longitude: Floats = np.degrees(np.arctan2(y, x))
    return latitude, longitude
