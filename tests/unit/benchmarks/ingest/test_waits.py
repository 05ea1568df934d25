"""What sessions were found waiting for becomes shares of their time."""

from collections import Counter

from benchmarks.ingest.waits import shares


def test_shares_are_of_all_looks_that_found_a_session_in_a_transaction() -> None:
    assert shares(Counter({"processor": 6, "IO WALSync": 2})) == {"processor_percent": 75, "IO WALSync_percent": 25}
    assert shares(Counter()) == {}
