"""Who might be introduced to a person: those whom the ones that the person met were together with."""

from typing import NamedTuple

import numpy as np

from proximity.fixes import Ints, Where


class Ties(NamedTuple):
    """n ways from a person to somebody else over one person in between."""

    between_id: Ints  # the person in between
    other_id: Ints
    own_us: Ints  # how long the person was together with the one in between, altogether
    other_us: Ints  # how long that one was with the other

    def at(self, where: Where) -> "Ties":
        """Those at these positions, in the order given."""
        return Ties._make(column[where] for column in self)

    @property
    def strength_us(self) -> Ints:
        """A way is as strong as the weaker of its two sides."""
        weaker: Ints = np.minimum(self.own_us, self.other_us)
        return weaker


class Introduction(NamedTuple):
    """Somebody, and the ways there, the strongest first."""

    person_id: int
    strength_us: int  # of all ways together
    ties: Ties


def introductions(ties: Ties, limit: int) -> list[Introduction]:
    """The strongest, those who are as strong by their id."""
    people, number = np.unique(ties.other_id, return_inverse=True)
    strength_us = np.zeros(people.size, np.int64)
    np.add.at(strength_us, number, ties.strength_us)
    order = np.lexsort((ties.between_id, -ties.strength_us, number))
    bounds = np.searchsorted(number[order], np.arange(people.size + 1))
    return [
        Introduction(int(people[who]), int(strength_us[who]), ties.at(order[bounds[who] : bounds[who + 1]]))
        for who in np.lexsort((people, -strength_us))[:limit].tolist()
    ]
