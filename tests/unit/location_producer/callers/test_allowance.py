"""What one caller may have, so that another finds room; who he is."""

import asyncio
from contextlib import ExitStack
from typing import Any

import pytest

from location_producer.callers.allowance import Callers
from location_producer.callers.shares import Shares
from location_producer.errors import OverloadedError
from service_kit.errors import TooManyCalls
from service_kit.rpc.access import caller_of

RPCS = 100


def test_nothing_is_remembered_of_whoever_holds_nothing() -> None:
    shares = Shares()
    for number in range(1000):
        shares.take(str(number), 7)
        shares.give_back(str(number), 7)
    assert (shares.holders, shares.held) == (0, 0)


def test_one_who_opens_all_the_streams_he_can_leaves_some_to_others_and_gets_his_own_back() -> None:
    callers = Callers(RPCS, 0)
    with ExitStack() as open_streams:
        for _ in range(75):
            open_streams.enter_context(callers.rpc("greedy"))
        for _ in range(6):
            open_streams.enter_context(callers.rpc("greedy"))
        with pytest.raises(OverloadedError):
            open_streams.enter_context(callers.rpc("greedy"))
        for number in range(5):
            open_streams.enter_context(callers.rpc(f"other {number}"))
    with callers.rpc("greedy"):
        pass


def test_above_the_rate_it_is_told_when_to_come_again_and_others_are_not_concerned() -> None:
    callers = Callers(RPCS, locations_per_s=1000)
    callers.count("greedy", 10_000)
    with pytest.raises(TooManyCalls) as refused:
        callers.count("greedy", 5_000)
    assert refused.value.after_s == pytest.approx(10, abs=0.5)
    callers.count("modest", 10_000)


def test_what_is_rejected_costs_its_sender_what_it_costs_us() -> None:
    callers = Callers(RPCS, locations_per_s=1000)
    callers.count("mistaken", 1000)
    callers.rejected("mistaken", 1000)  # as many as 10,000 good ones
    assert callers.wait_s("mistaken", 1000) == pytest.approx(9, abs=0.5)


def test_without_a_limit_nobody_waits_and_turns_are_still_taken() -> None:
    callers = Callers(RPCS, 0)
    for _ in range(100):
        callers.count("any", 10_000)
    callers.rejected("any", 10_000)
    asyncio.run(callers.turn("any"))


class Context:
    def __init__(self, peer: str) -> None:
        self._peer = peer

    def peer(self) -> str:
        return self._peer


@pytest.mark.parametrize(
    ("peer", "caller"),
    [
        ("ipv4:192.0.2.1:5000", "192.0.2.1"),
        ("ipv6:%5B::ffff:192.0.2.1%5D:5000", "192.0.2.1"),
        ("ipv6:%5B2001:db8:1:2:3:4:5:6%5D:5000", "2001:db8:1:2::/64"),
        ("ipv6:[2001:db8:1:2::7]:5000", "2001:db8:1:2::/64"),
        ("ipv6:%5Bfe80::1%25eth0%5D:5000", "fe80::/64"),
        ("unix:", "unix"),
    ],
)
def test_without_tokens_a_caller_is_an_address_of_which_a_machine_has_one(peer: str, caller: str) -> None:
    context: Any = Context(peer)
    assert caller_of(context) == caller
