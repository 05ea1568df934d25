"""For how long people stay, where one cut of a track does not tell: all ways to cut it are weighed.

With a fix a minute a stay of five minutes holds four or five of them, and where errors drift the first cut goes by the
wrong law of them. So what each usual length makes of the fixes is summed over all cuts (P. Fearnhead, Exact and
efficient Bayesian inference for multiple changepoint problems, 2006), and what is expected is the mean over the
lengths, by how likely the fixes make them. Elsewhere it would cost as much as a cut, and gain nothing; and where a
track has holes, nobody knows how long parts beside them lasted.
"""

import numpy as np

from proximity.cutting import durations
from proximity.cutting.partition import evidence
from proximity.fixes import Floats, Ints
from proximity.lanes import Lanes

# Chosen on the tuning seeds of benchmarks/truth.
FEW_S, FEWEST = 20.0, 10  # seconds between two fixes, or more; fewer fixes than that tell nothing of what is usual
USUAL_S = durations.USUAL_STAY_S * np.exp(0.18 * np.arange(-4, 9))  # from 3 minutes to 28
UNSURE = 0.6  # the deviation of the logarithm of what is usual, before anything is seen
SPREAD, ANYTHING = 0.15, 0.05  # of durations about what is usual; the share that may last for any time


def untold(some: Lanes, law: Ints) -> Ints:
    """The lanes of which one cut tells too little, by their laws of errors: 0 is the one that the first cut went by."""
    without_holes = ~some.gap_before.any(axis=0) & (some.held >= FEWEST)
    return np.flatnonzero(without_holes & ((some.interval_s >= FEW_S) | (law > 0)))


def weighed(some: Lanes, correlation: Floats) -> Floats:
    """What it costs that a part holds one fix, two, and so on: [n, m]."""
    any_length = durations.any_length(some)[..., None]
    about = np.stack([durations.about(some, usual_s, SPREAD) for usual_s in USUAL_S], axis=-1)
    before = np.exp(-((np.log(USUAL_S / durations.USUAL_STAY_S) / UNSURE) ** 2) / 2)
    share = before * evidence(some, correlation, (1 - ANYTHING) * about + ANYTHING * any_length)
    expected = sum(about[..., kind] * share[:, kind] for kind in range(USUAL_S.size)) / sum(share.T)
    cost: Floats = -np.log((1 - ANYTHING) * expected + ANYTHING * any_length[..., 0])
    return cost
