"""What everybody does: coffee in changing groups, a talk, visits to booths, coffee again; and the ways between.

A person leaves a little after the others or before them, walks through doors and corridors at a speed of his own, and
leaves out a part of the programme that he would come much too late for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from udaconnect_client.simulation.paths import Floats, Paths
from udaconnect_client.simulation.strolls import Strolls
from udaconnect_client.simulation.venue import (
    BOOTH_DEPTH,
    BOOTH_WIDTH,
    CORRIDOR_Y,
    CROSSING_X,
    SEAT_WIDTH,
    Points,
    Venue,
)

# One round of the programme, in minutes; shorter conferences squeeze it, longer ones repeat it.
ROUND = (("coffee", 5.0), ("coffee", 5.0), ("talk", 20.0), ("booth", 5.0), ("booth", 5.0), ("booth", 5.0))
ROUND_S = 60 * sum(minutes for _, minutes in ROUND)
LONGEST_DELAY_S = 60.0
SLOWEST_M_S, FASTEST_M_S = 1.0, 1.6
KNOTS_OF_A_WALK = 8


class Whereabouts(NamedTuple):
    """Everybody's area (n,) and position (n, 2)."""

    area: NDArray[np.int64]
    position: Points


@dataclass(frozen=True)
class Stretch:
    """The paths of all people for a part of the conference, in seconds from its start."""

    begins_s: float
    ends_s: float
    paths: Paths


class Programme:
    """The same seed, number of people and length make the same conference. Use stretches() once."""

    def __init__(self, venue: Venue, length_s: float, seed: int, strolls: float = 0.0) -> None:
        self._venue = venue
        self._length_s = length_s
        self._random = np.random.default_rng([seed, 0])
        people = venue.people
        self._speed = self._random.uniform(SLOWEST_M_S, FASTEST_M_S, people)
        self._lane = self._random.uniform(-1.0, 1.0, (people, 2))  # so that nobody walks inside another
        self._strolls = Strolls(venue, seed, strolls)
        self._now = self._at_coffee()
        # The last walk of each person: he may still be under way when the next stretch begins.
        self._walk_time = np.zeros((people, KNOTS_OF_A_WALK))
        self._walk_position = np.repeat(self._now.position[:, None], KNOTS_OF_A_WALK, axis=1)

    def stretches(self) -> Iterator[Stretch]:
        """The conference in rounds of the programme, so that memory does not grow with its length."""
        round_s = min(ROUND_S, self._length_s)
        for number in range(ceil(self._length_s / round_s)):
            begins_s = part_begins_s = number * round_s
            times, positions = [self._walk_time], [self._walk_position]
            for kind, minutes in ROUND:
                lasts_s = minutes * 60 * round_s / ROUND_S
                time, position = self._walk(self._next(kind), part_begins_s, lasts_s)
                times.append(time)
                positions.append(position)
                part_begins_s += lasts_s
                if kind == "booth" and self._strolls.people.size:
                    time, position = self._stroll(part_begins_s)
                    times.append(time)
                    positions.append(position)
            paths = Paths(np.concatenate(times, axis=1), np.concatenate(positions, axis=1))
            yield Stretch(begins_s, min(begins_s + round_s, self._length_s), paths)

    def _next(self, kind: str) -> Whereabouts:
        return {"coffee": self._at_coffee, "talk": self._at_a_talk, "booth": self._at_a_booth}[kind]()

    def _at_coffee(self) -> Whereabouts:
        """Groups of two to six around tables."""
        group, member, size = self._groups(2, 6)
        tables = self._venue.tables
        table = self._random.permutation(len(tables.area))[group % len(tables.area)]
        angle = 2 * np.pi * member / size + self._random.uniform(0, 0.5, len(group))
        around = 0.7 * np.column_stack([np.cos(angle), np.sin(angle)])
        return Whereabouts(tables.area[table], tables.position[table] + around)

    def _at_a_talk(self) -> Whereabouts:
        """Groups of one to four on neighbouring seats."""
        group, member, _ = self._groups(1, 4)
        blocks = self._venue.seat_blocks
        block = self._random.permutation(len(blocks.area))[group % len(blocks.area)]
        along = np.column_stack([member * SEAT_WIDTH, np.zeros(len(group))])
        return Whereabouts(blocks.area[block], blocks.position[block] + along)

    def _at_a_booth(self) -> Whereabouts:
        """Everybody before a booth of his own choice."""
        booths = self._venue.booths
        people = self._venue.people
        booth = self._random.integers(len(booths.area), size=people)
        before = self._random.uniform((0, BOOTH_DEPTH + 0.3), (BOOTH_WIDTH, BOOTH_DEPTH + 3), (people, 2))
        area, position = booths.area[booth], booths.position[booth] + before
        return Whereabouts(*self._strolls.begin(area, position))

    def _groups(self, smallest: int, largest: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Everybody's group, number in the group, and the group's size; each (n,)."""
        people = self._venue.people
        sizes = self._random.integers(smallest, largest + 1, size=people)
        ends = np.cumsum(sizes)
        rank = self._random.permutation(people)
        group = np.searchsorted(ends, rank, side="right")
        return group, rank - (ends - sizes)[group], sizes[group]

    def _walk(self, to: Whereabouts, begins_s: float, lasts_s: float) -> tuple[Floats, Floats]:
        """Send everybody on the way; returns the knots' times (n, 8) and positions (n, 8, 2)."""
        free_s = self._walk_time[:, -1]
        delay_s = self._random.uniform(0, min(LONGEST_DELAY_S, lasts_s / 5), self._venue.people)
        leaves_s = np.maximum(begins_s + delay_s, free_s)
        goes = free_s < begins_s + lasts_s / 2
        position = np.where(goes[:, None, None], self._way(to), self._now.position[:, None])
        legs = np.linalg.norm(np.diff(position, axis=1), axis=2) / self._speed[:, None]
        time = np.concatenate([leaves_s[:, None], leaves_s[:, None] + np.cumsum(legs, axis=1)], axis=1)
        self._walk_time = np.where(goes[:, None], time, self._walk_time)
        self._walk_position = np.where(goes[:, None, None], position, self._walk_position)
        self._now = Whereabouts(np.where(goes, to.area, self._now.area), position[:, -1])
        return time, position

    def _stroll(self, ends_s: float) -> tuple[Floats, Floats]:
        """Let those who stroll do so, from where they have walked to."""
        time, position = self._strolls.knots(self._walk_time[:, -1], self._now.position, self._speed, ends_s)
        self._walk_time = np.repeat(time[:, -1:], KNOTS_OF_A_WALK, axis=1)
        self._walk_position = np.repeat(position[:, -1:], KNOTS_OF_A_WALK, axis=1)
        self._now = Whereabouts(self._now.area, position[:, -1])
        return time, position

    def _way(self, to: Whereabouts) -> Floats:
        """The corners of everybody's way, (n, 8, 2): straight inside an area, else by doors and corridors."""
        venue, now = self._venue, self._now
        door_out, door_in = (venue.doors[area] + 0.4 * self._lane for area in (now.area, to.area))
        wing_out, wing_in = venue.wing_of(now.area), venue.wing_of(to.area)
        corridor_out = np.column_stack([door_out[:, 0], wing_out[:, 1] + CORRIDOR_Y + self._lane[:, 1]])
        corridor_in = np.column_stack([door_in[:, 0], wing_in[:, 1] + CORRIDOR_Y + self._lane[:, 1]])
        crossing_x = wing_in[:, 0] + CROSSING_X + self._lane[:, 0]
        other_row = (wing_out[:, 1] != wing_in[:, 1])[:, None]
        crossing_out = np.where(other_row, np.column_stack([crossing_x, corridor_out[:, 1]]), corridor_out)
        crossing_in = np.where(other_row, np.column_stack([crossing_x, corridor_in[:, 1]]), corridor_in)
        between = np.stack([door_out, corridor_out, crossing_out, crossing_in, corridor_in, door_in], axis=1)
        same_area = (now.area == to.area)[:, None, None]
        between = np.where(same_area, now.position[:, None], between)
        return np.concatenate([now.position[:, None], between, to.position[:, None]], axis=1)
