"""Whatever a request holds, its good locations are sent, each to its partition, and the others are named."""

from tests.fuzz.record_corpus import CORPUS
from tests.fuzz.splitting import broken_promises


def test_damaged_and_odd_requests_are_split_into_good_records_and_rejections() -> None:
    assert list(broken_promises(seed=1, requests=len(CORPUS) + 1000, quick=True)) == []
