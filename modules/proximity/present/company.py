"""Who is together, with what keeps it from flickering.

Two are together when they have been near for HOLDS_S: likely within the distance at both ends of it. They are not any
more when they have been far at each moment of PARTS_S, further apart than FAR times the distance beyond what is not
known of where they are; or when one of them has said nothing for SILENT_S. All of it follows from what was reported
last: whoever looks next decides as if he had looked before.
"""

from collections.abc import Iterator
from itertools import product
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from proximity.fixes import Fixes, Floats, Ints, Where
from proximity.geocentric import geodetic
from proximity.instants import SECOND_US
from proximity.pairs.chance import chance_within
from proximity.present.portions import expanded
from proximity.present.whereabouts import Whereabouts, whereabouts

HOLDS_S: Final = 2.0
PARTS_S: Final = (0.0, 5.0, 10.0)
FAR: Final = 1.5
SILENT_S: Final = 120.0
PAIRS_AT_ONCE: Final = 1 << 20
CELLS_OF_AN_AXIS: Final = 1 << 21  # of 10 m and more: the Earth, and a margin
# Half of the cells around one: the other half finds the same pairs from the other side.
BESIDE: Final = [step for step in product((-1, 0, 1), repeat=3) if step > (0, 0, 0)]


class Pairs(NamedTuple):
    """Each two persons once, in no order; person_id < other_id."""

    person_id: Ints
    other_id: Ints


class Together(NamedTuple):
    """Pairs, and what is known of them at an instant; NaN where nothing is."""

    person_id: Ints
    other_id: Ints
    apart_m: Floats
    apart_sd_m: Floats
    chance: Floats  # of being within the distance
    latitude: Floats  # between the two
    longitude: Floats

    def at(self, where: Where) -> "Together":
        """The pairs at these positions, in the order given."""
        return Together._make(column[where] for column in self)


class Look(NamedTuple):
    """What has changed, and what is known at the instant of those who are together still."""

    begun: Together  # since HOLDS_S before
    far: NDArray[np.bool_]  # of those who were together: they parted, PARTS_S[-1] before
    silent: NDArray[np.bool_]  # likewise: one of them says nothing any more, for SILENT_S
    now: Together  # those who were together


def look(fixes: Fixes, at_us: int, were: Pairs, distance_m: float, min_chance: float) -> Look:
    """Look at what everybody reported in the last SILENT_S and PARTS_S. Fixes by person and time."""
    people = _known_before(fixes, at_us, 0.0)
    near = together(people, _close_to_each_other(people, 2 * distance_m), distance_m)
    near = near.at(near.chance >= min_chance)
    before = together(_known_before(fixes, at_us, HOLDS_S), Pairs(near.person_id, near.other_id), distance_m)
    begun = near.at((before.chance >= min_chance) & ~_among(near, were))
    moments = [together(_known_before(fixes, at_us, before_s), were, distance_m) for before_s in PARTS_S]
    # Whoever was not there yet was far.
    far = np.all([~(each.apart_m - each.apart_sd_m <= FAR * distance_m) for each in moments], axis=0)
    silent = np.isnan(moments[0].apart_m)
    return Look(begun, far & ~silent, silent, moments[0])


def together(people: Whereabouts, pairs: Pairs, distance_m: float) -> Together:
    """What is known of these pairs."""
    (points, variance), (others, their_variance) = people.where(pairs.person_id), people.where(pairs.other_id)
    apart_m = np.sqrt(((others - points) ** 2).sum(axis=0))
    variance = variance + their_variance
    latitude, longitude = geodetic((points + others) / 2)
    known = np.flatnonzero(~np.isnan(apart_m))
    chance = np.full(apart_m.size, np.nan)
    chance[known] = chance_within(distance_m, apart_m[known], variance[known])
    return Together(pairs.person_id, pairs.other_id, apart_m, np.sqrt(variance), chance, latitude, longitude)


def _known_before(fixes: Fixes, at_us: int, before_s: float) -> Whereabouts:
    """What was known so long before, of whoever had reported in the SILENT_S before that."""
    then_us = at_us - round(before_s * SECOND_US)
    return whereabouts(fixes.at(fixes.time_us > then_us - round(SILENT_S * SECOND_US)), then_us)


def _among(near: Together, were: Pairs) -> NDArray[np.bool_]:
    """Whether each of them is one of those pairs."""
    persons, number = np.unique(
        np.concatenate([near.person_id, were.person_id, near.other_id, were.other_id]), return_inverse=True
    )
    person, other = np.split(number, 2)
    code = person * persons.size + other
    return np.isin(code[: near.person_id.size], code[near.person_id.size :])


def _close_to_each_other(people: Whereabouts, within_m: float) -> Pairs:
    """Those who are within so many metres of each other, found by a grid in space."""
    size_m = max(within_m, 10.0)
    cell = np.floor(people.points / size_m).astype(np.int64) + CELLS_OF_AN_AXIS // 2
    code = _code(cell)
    order = np.argsort(code, kind="stable")
    codes = code[order]
    found = [(np.empty(0, np.int64), np.empty(0, np.int64))]
    for mine, theirs in _candidates(cell[:, order], codes):
        apart = people.points[:, order[theirs]] - people.points[:, order[mine]]
        close = (apart * apart).sum(axis=0) <= within_m**2
        found.append((people.person_id[order[mine[close]]], people.person_id[order[theirs[close]]]))
    one, other = (np.concatenate(column) for column in zip(*found, strict=True))
    return Pairs(np.minimum(one, other), np.maximum(one, other))


def _candidates(cell: Ints, codes: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Positions of two who are in one cell or in neighbouring ones, in portions; ordered by cell."""
    position = np.arange(codes.size)
    last = np.searchsorted(codes, codes, side="right")
    for chosen, nth in expanded(last - position - 1, PAIRS_AT_ONCE):
        yield chosen, chosen + 1 + nth
    for step in BESIDE:
        beside = _code(cell + np.array(step)[:, None])
        first = np.searchsorted(codes, beside)
        for chosen, nth in expanded(np.searchsorted(codes, beside, side="right") - first, PAIRS_AT_ONCE):
            yield chosen, first[chosen] + nth


def _code(cell: Ints) -> Ints:
    code: Ints = (cell[0] * CELLS_OF_AN_AXIS + cell[1]) * CELLS_OF_AN_AXIS + cell[2]
    return code
