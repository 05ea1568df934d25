"""How complete "now" is: what a client is told besides the answer."""

from datetime import datetime
from importlib.resources import files
from typing import Final, NamedTuple

from connection_service.store.prepared import Statement

HEADER = "Udaconnect-Freshness"
DESCRIPTION = (
    "How complete the answer is, as a Dictionary of RFC 9651: `newest` is the creation_time of the newest location of"
    " the person that can be seen, whatever the range asked for; `lag` the number of records not stored yet when the"
    " consumer last said so, `as_of`; `settled` the instant before which all meetings are remembered, as estimated by"
    " default; what is newer is computed anew. What is not known is left out."
)

QUERY: Final = Statement("freshness", "bigint, timestamptz", files(__package__).joinpath("freshness.sql").read_text())


class Freshness(NamedTuple):
    newest: datetime | None
    lag: int | None
    as_of: datetime | None
    people: str
    """Which people there are: the same text only as long as nobody has been erased."""
    settled: datetime | None = None

    def header(self) -> dict[str, str]:
        """The header: dates are in whole seconds, as RFC 9651 has them. Empty where nothing is known."""
        members = [f"newest={_date(self.newest)}"] if self.newest else []
        if self.lag is not None and self.as_of is not None:
            members += [f"lag={self.lag}", f"as_of={_date(self.as_of)}"]
        members += [f"settled={_date(self.settled)}"] if self.settled else []
        return {HEADER: ", ".join(members)} if members else {}


def _date(instant: datetime) -> str:
    return f"@{int(instant.timestamp() // 1)}"
