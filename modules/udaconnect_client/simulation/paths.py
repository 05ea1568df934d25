"""Where everybody is at any moment: straight lines between knots, one row of knots for each person."""

import numpy as np
from numpy.typing import NDArray

from udaconnect_client.simulation.venue import Points

Floats = NDArray[np.float64]

FAR_AHEAD_S = 1e7  # longer than any conference: whoever has reached the last knot stays there


class Paths:
    """Knots of n people, k each: `time_s` (n, k), never falling along a row, and `position` (n, k, 2)."""

    def __init__(self, time_s: Floats, position: Floats) -> None:
        time_s = np.concatenate([time_s, np.full((len(time_s), 1), FAR_AHEAD_S)], axis=1)
        position = np.concatenate([position, position[:, -1:]], axis=1)
        lasts = np.diff(time_s, axis=1)[..., None]
        speed = np.zeros_like(position)
        np.divide(np.diff(position, axis=1), lasts, out=speed[:, :-1], where=lasts > 0)
        self._people = len(time_s)
        # One row a knot: the time, where, how fast from there on. Together they are one cache line to fetch.
        self._knots = np.concatenate([time_s[..., None], position, speed], axis=2).reshape(-1, 5)
        # All people's times one after the other make one sorted list, in which one search finds the knots of all.
        self._keys = (time_s + self._offset(np.arange(self._people))[:, None]).ravel()

    def at(self, person: NDArray[np.int64], time_s: Floats) -> Points:
        """The positions of persons (0 to n - 1) at times not before their first knots."""
        knot = np.searchsorted(self._keys, time_s + self._offset(person), side="right") - 1
        found = self._knots[knot]
        position: Points = found[:, 1:3] + found[:, 3:5] * (time_s - found[:, 0])[:, None]
        return position

    def legs(self, person: NDArray[np.int64], time_s: Floats) -> tuple[NDArray[np.int64], Points, Points]:
        """The knots from which persons went on at these times: their numbers, where, and how fast on each axis."""
        knot = np.searchsorted(self._keys, time_s + self._offset(person), side="right") - 1
        return knot, self._knots[knot, 1:3], self._knots[knot, 3:5]

    def everybody_at(self, time_s: float) -> Points:
        """The positions of all at one time, (n, 2)."""
        return self.at(np.arange(self._people), np.full(self._people, time_s))

    @staticmethod
    def _offset(person: NDArray[np.int64]) -> Floats:
        return person.astype(np.float64) * (2 * FAR_AHEAD_S)
