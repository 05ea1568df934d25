"""Whoever waits for the database to be there is alive, and not to be killed for it."""

from datetime import UTC, datetime
from threading import Event, Thread
from unittest.mock import MagicMock

from location_consumer.store import StoreUnavailableError
from location_consumer.writing import Writing
from tests.patience import PATIENCE_S, poll_until


class CountingWriting(Writing):
    beats = 0

    def beat(self) -> None:
        self.beats += 1
        super().beat()


def test_its_heart_beats_while_a_database_is_awaited_that_was_never_there() -> None:
    there, store = Event(), MagicMock()

    def check() -> None:
        if not there.is_set():
            raise StoreUnavailableError("connection refused")

    store.check = check
    writing = CountingWriting(
        MagicMock(),
        store,
        MagicMock(),
        brake=MagicMock(),
        earliest=datetime.now(UTC),
        metrics=MagicMock(),
        stopping=Event(),
    )
    starting = Thread(target=writing.__enter__, daemon=True)
    starting.start()
    try:
        poll_until(lambda: writing.beats > 2)
        assert not writing.ready()
    finally:
        there.set()
    starting.join(PATIENCE_S)
    assert writing.ready()
    writing.__exit__(None, None, None)
