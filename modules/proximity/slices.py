"""A range of time, searched slice by slice: a page that is full needs no more of them, and the memory stays bounded."""

from proximity.instants import DAY_US, SECOND_US

HOUR_US = 3600 * SECOND_US
FEW_ROWS = 5_000  # an hour may well be enough for a page of so many; a question about a day should be one slice
SHORTEST_US = SECOND_US
LOCATIONS_A_SLICE = 200_000  # locations for one slice
MOST_GROWTH = 30.0  # a month after its first day, where little is going on
LEAST_GROWTH = 2.0  # where a slice held too much once, the next one may too


class Slices:
    """Ends included: the slices of a range do not overlap and leave nothing out."""

    def __init__(
        self,
        start_us: int,
        end_us: int,
        rows_wanted: int | None = None,
        step_us: int = SHORTEST_US,
        first_slice_us: int = 0,
    ) -> None:
        """`rows_wanted` None: all of them. A slice is a number of whole steps, or ends with the range.

        The first one is as long as `first_slice_us` at least.
        """
        self.low_us = start_us
        self.end_us = end_us
        usual_us = DAY_US if rows_wanted is None or rows_wanted > FEW_ROWS else HOUR_US
        self.length_us = max(first_slice_us, usual_us)
        self.most_growth = MOST_GROWTH
        self.step_us = step_us

    @property
    def high_us(self) -> int:
        """The last microsecond of the slice; what would be left after it is taken in if it is less than a quarter."""
        high_us = self.low_us + self.length_us - 1
        return self.end_us if high_us + self.length_us // 4 >= self.end_us else high_us

    @property
    def more(self) -> bool:
        return self.low_us <= self.end_us

    def advance(self, loaded: int) -> None:
        """Go to the next slice; this one has made the store load so many locations."""
        growth = min(self.most_growth, LOCATIONS_A_SLICE / max(loaded, 1))
        self.low_us, length_us = self.high_us + 1, self.length_us * growth
        if length_us > DAY_US:
            length_us -= length_us % DAY_US  # whole partitions
        self.length_us = self._whole_steps(int(length_us))

    def shorten(self) -> bool:
        """Try less of it, because it holds too many locations. False: it is as short as can be."""
        length_us = self.high_us - self.low_us + 1
        self.length_us = self._whole_steps(length_us // 8)
        self.most_growth = LEAST_GROWTH
        return length_us > self.step_us

    def _whole_steps(self, length_us: int) -> int:
        return max(self.step_us, length_us - length_us % self.step_us)
