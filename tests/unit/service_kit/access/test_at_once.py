"""Several who come at once are told the same as one after the other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event

import pytest

from service_kit.access.issuer_keys import IssuerKeys
from service_kit.access.revocations import Revocations
from service_kit.access.tokens import TokenCheck
from service_kit.access.watched import URL_MIN_INTERVAL_S
from service_kit.errors import DependencyDown
from tests.issuer import AUDIENCE, ISSUER, Issuer, jwks
from tests.patience import PATIENCE_S

A_MOMENT_S = 0.1  # in which whoever does not wait has answered


class SlowSource:
    """Plays a server that takes its time, once it `is_slow`."""

    def __init__(self, document: str) -> None:
        self.document = document
        self.is_slow = True
        self.asked, self.answers = Event(), Event()

    def read(self, _url: str) -> bytes:
        if self.is_slow:
            self.asked.set()
            assert self.answers.wait(PATIENCE_S)
        return self.document.encode()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as pool:
        yield pool


def test_the_first_who_come_all_wait_for_the_keys(threads: ThreadPoolExecutor) -> None:
    issuer = Issuer()
    source = SlowSource(jwks(issuer))
    keys = IssuerKeys("https://issuer.test/jwks.json", read=source.read)
    check = TokenCheck(keys, issuer=ISSUER, audience=AUDIENCE)
    first = threads.submit(check.check, issuer.token())
    assert source.asked.wait(PATIENCE_S)
    second = threads.submit(check.check, issuer.token())
    wait([second], timeout=A_MOMENT_S)
    source.answers.set()
    assert [each.result(PATIENCE_S).subject for each in (first, second)] == ["somebody", "somebody"]


def test_and_for_the_list_of_tokens_that_were_taken_back(threads: ThreadPoolExecutor) -> None:
    source = SlowSource('{"revoked": ["another"]}')
    revocations = Revocations("https://issuer.test/revoked.json", read=source.read)

    def check() -> int:
        revocations.look_if_due()
        return revocations.check("this one")

    first = threads.submit(check)
    assert source.asked.wait(PATIENCE_S)
    second = threads.submit(check)
    wait([second], timeout=A_MOMENT_S)
    source.answers.set()
    assert first.result(PATIENCE_S) == second.result(PATIENCE_S)


def test_a_key_that_another_thread_is_asking_for_is_not_called_unknown(threads: ThreadPoolExecutor) -> None:
    now_s = 0.0
    issuer, newer = Issuer(), Issuer(kid="newer")
    source = SlowSource(jwks(issuer))
    source.is_slow = False
    keys = IssuerKeys("https://issuer.test/jwks.json", read=source.read, clock=lambda: now_s)
    check = TokenCheck(keys, issuer=ISSUER, audience=AUDIENCE)
    check.check(issuer.token())
    now_s += URL_MIN_INTERVAL_S
    source.document, source.is_slow = jwks(issuer, newer), True
    first = threads.submit(check.check, newer.token())
    assert source.asked.wait(PATIENCE_S)
    try:
        with pytest.raises(DependencyDown):  # it cannot be told yet
            check.check(newer.token())
        assert check.check(issuer.token())
    finally:
        source.answers.set()
    assert first.result(PATIENCE_S)
    assert check.check(newer.token())
