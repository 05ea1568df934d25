"""What the sessions of the consumers do while they store: looked at again and again, as a profile is made."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from benchmarks.stores import connected
from deployment.native.schema import Database

LOOK_EVERY_S = 0.025  # a look takes 0.3 ms
# Who is in no transaction has nothing to store. Without a wait it is on a processor, or waits for one.
BUSY = """
    SELECT coalesce(wait_event_type || ' ' || wait_event, 'processor') FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'location_consumer' AND state <> 'idle'
"""


@contextmanager
def waits(database: Database) -> Iterator[Counter[str]]:
    """Until the end of the block: in how many looks a session was found waiting for what."""
    seen: Counter[str] = Counter()
    stop = Event()

    def look() -> None:
        with connected(database.superuser) as session, session.cursor() as cursor:
            while not stop.wait(LOOK_EVERY_S):
                cursor.execute(BUSY)
                seen.update(wait for (wait,) in cursor.fetchall())

    with ThreadPoolExecutor(1) as looking:
        looked = looking.submit(look)
        try:
            yield seen
        finally:
            stop.set()
        looked.result()


def shares(seen: Counter[str]) -> dict[str, float]:
    """Of the time in transactions, the most frequent first."""
    return {f"{wait}_percent": 100 * count / seen.total() for wait, count in seen.most_common()}
