"""What has been found out about those whose locations came."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from service_kit.private_spans import Span


class Found(NamedTuple):
    nobodies: Collection[int] = ()
    """Ids that were asked for, and are nobody's."""

    private: Mapping[int, Sequence[Span]] = {}
    """The private spans, which are disjoint, of those who have any."""


NOTHING: Final = Found()
