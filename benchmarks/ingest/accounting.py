"""After every run: sent = stored + duplicates + rejected + dead, and the table holds what the consumers say."""

from collections.abc import Sequence

from benchmarks.services import Running
from benchmarks.stores import stored
from deployment.native.schema import Database


class AccountingError(Exception):
    """Locations were lost or made up: whatever was measured is worth nothing."""


def check(
    database: Database, consumers: Sequence[Running], *, sent: int, rejected: int = 0, stored_before: int = 0
) -> None:
    """Raises AccountingError. `sent`: what clients sent, every attempt that was not answered OK left out.

    Where several consumers share the partitions out, some records come to two of them: such duplicates do not count.
    """
    new, duplicates, dead = (
        sum(consumer.counted(name) for consumer in consumers)
        for name in ("stored_total", "duplicates_total", "dead_letters_total")
    )
    check_sum(sent, stored=new + (duplicates if len(consumers) == 1 else 0), rejected=rejected, dead=dead)
    check_sum(stored(database), stored=stored_before + new)


def check_sum(sent: int, *, stored: int, rejected: int = 0, dead: int = 0) -> None:
    if sent != stored + rejected + dead:
        raise AccountingError(f"{sent:,} sent, but {stored:,} stored, {rejected:,} rejected, {dead:,} dead")
