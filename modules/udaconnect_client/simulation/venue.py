"""The conference's building: as many wings as the people need, each with talk rooms, booths, coffee tables, corridors.

Lengths are metres from the south-west corner, x to the east, y to the north. One wing:

    y 42 ┌──┬──────────┬──────────┬──────────┐
         │  │  Room 1  │  Room 2  │  Room 3  │
      26 │  └───▯──────┴────▯─────┴────▯─────┘
         │        corridor
      20 │  ┌──────▯───────┬───────▯─────────┐
         │  │ Coffee area  │   Booths 1-18   │
       0 └──┴──────────────┴─────────────────┘
         0  6              36                66 x
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import ceil, cos, radians, sin, sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

PEOPLE_PER_WING = 240
WING_WIDTH, WING_DEPTH = 66.0, 44.0
CROSSING_X, CORRIDOR_Y = 3.0, 23.0  # the middle of the corridors in a wing

ROOMS, ROOM_WIDTH = 3, 20.0
AREAS_OF_A_WING = ROOMS + 2  # the rooms, the coffee area, the booths
# No two seats are 2 m apart to the millimetre: whether those two are together would be a matter of rounding.
SEAT_ROWS, ROW_DEPTH = 10, 1.25
BLOCKS_PER_ROW, BLOCK_WIDTH = 4, 4.4  # seats stand in blocks of four, an aisle between the blocks
SEATS_PER_BLOCK, SEAT_WIDTH = 4, 0.8

TABLE_COLUMNS, TABLE_ROWS, TABLE_SPACING = 10, 6, 2.8
BOOTH_COLUMNS, BOOTH_ROWS, BOOTH_WIDTH, BOOTH_DEPTH = 6, 3, 3.5, 2.0

Points = NDArray[np.float64]  # (n, 2): x, y


class Spots(NamedTuple):
    """Where one may stand or sit: (n,) areas that hold them, (n, 2) positions."""

    area: NDArray[np.int64]
    position: Points


@dataclass(frozen=True)
class Venue:
    """A building for so many people, standing at a place on Earth."""

    people: int
    latitude: float = 50.1117
    longitude: float = 8.6430

    @cached_property
    def wings(self) -> Points:
        """South-west corners of the wings: as near to a square as they come."""
        count = ceil(self.people / PEOPLE_PER_WING)
        columns = ceil(sqrt(count))
        wing = np.arange(count)
        return np.column_stack([wing % columns * WING_WIDTH, wing // columns * WING_DEPTH])

    @cached_property
    def doors(self) -> Points:
        """The door of each area. The areas of a wing: its three rooms, its coffee area, its booths."""
        rooms = [(6 + ROOM_WIDTH * (room + 0.5), 26.0) for room in range(ROOMS)]
        return self._in_every_wing([*rooms, (21.0, 20.0), (51.0, 20.0)])

    @cached_property
    def seat_blocks(self) -> Spots:
        """The first (westernmost) seat of every block of four."""
        seats = [
            (6 + ROOM_WIDTH * room + 1.5 + BLOCK_WIDTH * block, 29 + ROW_DEPTH * row)
            for room in range(ROOMS)
            for row in range(SEAT_ROWS)
            for block in range(BLOCKS_PER_ROW)
        ]
        return self._spots(seats, areas=np.repeat(np.arange(ROOMS), SEAT_ROWS * BLOCKS_PER_ROW))

    @cached_property
    def tables(self) -> Spots:
        """The middle of every coffee table."""
        tables = [
            (8 + TABLE_SPACING * column, 2 + TABLE_SPACING * row)
            for row in range(TABLE_ROWS)
            for column in range(TABLE_COLUMNS)
        ]
        return self._spots(tables, areas=np.full(len(tables), ROOMS))

    @cached_property
    def booths(self) -> Spots:
        """The south-west corner of every booth. Its visitors stand to the north of it."""
        booths = [(37 + 4.8 * column, 1 + 6.5 * row) for row in range(BOOTH_ROWS) for column in range(BOOTH_COLUMNS)]
        return self._spots(booths, areas=np.full(len(booths), ROOMS + 1))

    def wing_of(self, area: NDArray[np.int64]) -> Points:
        """The corner of the wing that an area is in."""
        return self.wings[area // AREAS_OF_A_WING]

    def degrees(self, position: Points) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Latitudes and longitudes (WGS 84) of positions: on the plane that touches the ellipsoid at the corner."""
        major, eccentricity_squared = 6_378_137.0, 0.00669437999014
        bend = 1 - eccentricity_squared * sin(radians(self.latitude)) ** 2
        north_m = radians(1) * major * (1 - eccentricity_squared) / bend**1.5  # a degree of latitude
        east_m = radians(1) * major * cos(radians(self.latitude)) / sqrt(bend)  # a degree of longitude
        return self.latitude + position[:, 1] / north_m, self.longitude + position[:, 0] / east_m

    def geojson(self) -> dict[str, Any]:
        """The floor plan: a FeatureCollection of polygons with the properties name and kind."""
        return {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"name": name, "kind": kind},
                    "geometry": {"type": "Polygon", "coordinates": [self._ring(*box)]},
                }
                for name, kind, box in self._areas()
            ],
        }

    def _areas(self) -> Iterator[tuple[str, str, tuple[float, float, float, float]]]:
        for wing, (x, y) in enumerate(self.wings.tolist()):
            yield f"Corridor {wing + 1}", "corridor", (x, y + 20, x + 66, y + 26)
            yield f"Passage {wing + 1}", "corridor", (x, y, x + 6, y + 44)
            for room in range(ROOMS):
                west = x + 6 + ROOM_WIDTH * room
                yield f"Room {wing * ROOMS + room + 1}", "room", (west, y + 26, west + ROOM_WIDTH, y + 42)
            yield f"Coffee area {wing + 1}", "coffee", (x + 6, y, x + 36, y + 20)
        for booth, (x, y) in enumerate(self.booths.position.tolist()):
            yield f"Booth {booth + 1}", "booth", (x, y, x + BOOTH_WIDTH, y + BOOTH_DEPTH)

    def _ring(self, west: float, south: float, east: float, north: float) -> list[list[float]]:
        corners = np.array([(west, south), (east, south), (east, north), (west, north), (west, south)])
        latitude, longitude = self.degrees(corners)
        ring: list[list[float]] = np.column_stack([longitude, latitude]).round(8).tolist()
        return ring

    def _in_every_wing(self, points: list[tuple[float, float]]) -> Points:
        everywhere: Points = (self.wings[:, None, :] + np.array(points)).reshape(-1, 2)
        return everywhere

    def _spots(self, points: list[tuple[float, float]], areas: NDArray[np.int64]) -> Spots:
        wing = np.arange(len(self.wings))[:, None]
        return Spots((wing * AREAS_OF_A_WING + areas).ravel(), self._in_every_wing(points))
