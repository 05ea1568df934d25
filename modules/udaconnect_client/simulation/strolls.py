"""Two and two up and down a corridor, side by side: meetings of people who walk."""

import numpy as np
from numpy.typing import NDArray

from udaconnect_client.simulation.paths import Floats
from udaconnect_client.simulation.venue import AREAS_OF_A_WING, CORRIDOR_Y, WING_WIDTH, Points, Venue

SIDE_BY_SIDE_M = 0.8
WEST_X, EAST_X = 8.0, 64.0  # of the corridor in a wing
MOST_LENGTHS = 12
KNOTS = MOST_LENGTHS + 2


class Strolls:
    """Of this share of the people, two always go together."""

    def __init__(self, venue: Venue, seed: int, share: float) -> None:
        self._random = np.random.default_rng([seed, 6])
        self._venue = venue
        pairs = int(venue.people * share / 2)
        self.people: NDArray[np.int64] = self._random.permutation(venue.people)[: 2 * pairs].reshape(pairs, 2)

    def begin(self, area: NDArray[np.int64], position: Points) -> tuple[NDArray[np.int64], Points]:
        """Where everybody goes, if these are the areas and positions of those who do not stroll."""
        area, position = area.copy(), position.copy()
        pairs = len(self.people)
        wing = self._random.integers(len(self._venue.wings), size=pairs)
        x, y = self._random.uniform(WEST_X, EAST_X, pairs), CORRIDOR_Y + self._random.uniform(-2, 2, pairs)
        for one, side in enumerate((-SIDE_BY_SIDE_M / 2, SIDE_BY_SIDE_M / 2)):
            area[self.people[:, one]] = wing * AREAS_OF_A_WING + AREAS_OF_A_WING - 1
            position[self.people[:, one]] = self._venue.wings[wing] + np.column_stack([x, y + side])
        self._begins = position
        return area, position

    def knots(self, free_s: Floats, now: Points, speed: Floats, ends_s: float) -> tuple[Floats, Floats]:
        """Times (n, k) and positions (n, k, 2) of everybody; who does not stroll, or came too late, stays."""
        time = np.repeat(free_s[:, None], KNOTS, axis=1)
        position = np.repeat(now[:, None], KNOTS, axis=1)
        there = (now[self.people] == self._begins[self.people]).all(axis=(1, 2))
        people = self.people[there]
        wing_x = now[people[:, 0], 0] - (now[people[:, 0], 0] % WING_WIDTH)
        begins_s = free_s[people].max(axis=1)
        both_m_s = speed[people].min(axis=1)
        x = np.empty((len(people), KNOTS))
        x[:, 0] = now[people[:, 0], 0]
        x[:, 1::2], x[:, 2::2] = (wing_x + EAST_X)[:, None], (wing_x + WEST_X)[:, None]
        at_s = begins_s[:, None] + np.cumsum(np.abs(np.diff(x, axis=1, prepend=x[:, :1])), axis=1) / both_m_s[:, None]
        # Who has not reached the next end of the corridor when it is over stops at the last one.
        last = (at_s <= np.maximum(ends_s, begins_s)[:, None]).sum(axis=1)[:, None] - 1
        number = np.minimum(np.arange(KNOTS), last)
        at_s, x = np.take_along_axis(at_s, number, axis=1), np.take_along_axis(x, number, axis=1)
        for one in range(2):
            who = people[:, one]
            time[who, 1:], position[who, 1:, 0] = at_s[:, :-1], x[:, :-1]
        return time, position
