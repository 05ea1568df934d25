"""What became of the locations of a file, added up, and where in it stood what was not accepted."""

import re
import time
from collections import Counter
from dataclasses import dataclass, field

from location_client.readers.rows import Member, Place, Record
from location_client.sending import Receipt

MOST_REASONS = 20  # that are counted apart
OTHER_REASONS = "for other reasons"
VALUE = re.compile(r"(, is .*| \(\d{4}-[^()]*Z\).*|(?<=there is no person) \d+|(?<=header:) .*)$", re.DOTALL)


@dataclass
class Tally:
    """The sum of all receipts so far."""

    accepted: int = 0
    refused: int = 0
    unreadable: int = 0
    reasons: Counter[str] = field(default_factory=Counter)  # of what was rejected, without the values
    started_at_s: float = field(default_factory=time.monotonic)

    def add(self, receipt: Receipt) -> None:
        self.accepted += receipt.accepted
        self.refused += len(receipt.refused)
        self.unreadable += len(receipt.batch.unreadable)
        for _, name, reason in (*receipt.refused, *receipt.batch.unreadable):
            text = f"{name} {VALUE.sub('', reason)}".strip()
            self.reasons[text if text in self.reasons or len(self.reasons) < MOST_REASONS else OTHER_REASONS] += 1

    @property
    def sent(self) -> int:
        return self.accepted + self.refused

    @property
    def rejected(self) -> int:
        return self.refused + self.unreadable


def where(place: Place) -> str:
    """A place in a file, for a person."""
    if isinstance(place, int):
        return f"line {place}"
    if isinstance(place, Record):
        return f"record {place.number}"
    if isinstance(place, Member):
        return f"{place.name}, {where(place.spot)}" if place.spot else place.name
    return f"line {place[0]}, feature {place[1]}"


def order(place: Place) -> tuple[str | int, ...]:
    """What places of one file are sorted by."""
    if isinstance(place, Member):
        return (place.name, *order(place.spot))
    return (place,) if isinstance(place, int) else place
