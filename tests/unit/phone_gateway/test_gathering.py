"""Requests share calls, and each is told of its own."""

import asyncio
from collections.abc import Callable, Sequence

import pytest
from udaconnect.location.v1.location_pb2 import Location, Rejection

from phone_gateway.gathering import CALL_MAX_LOCATIONS, Gathering
from phone_gateway.peers import TooBusyError
from service_kit.errors import DependencyDown
from tests.patience import PATIENCE_S

Send = Callable[[list[Location]], Sequence[Rejection]]


def locations(count: int, person_id: int = 1) -> list[Location]:
    return [Location(person_id=person_id) for _ in range(count)]


class Calls:
    """Stands for location_producer; calls end when `go` is set."""

    def __init__(self, answer: Send = lambda _: []) -> None:
        self.sizes: list[int] = []
        self.began: asyncio.Queue[int] = asyncio.Queue()
        self.go = asyncio.Event()
        self._answer = answer

    async def send(self, sent: list[Location]) -> Sequence[Rejection]:
        self.sizes.append(len(sent))
        self.began.put_nowait(len(sent))
        await self.go.wait()
        return self._answer(sent)


def test_what_comes_together_goes_together() -> None:
    async def run() -> list[int]:
        calls = Calls()
        gathering = Gathering(calls.send, wait_s=0.01, most=1000)
        waiting = [gathering.add(locations(2)) for _ in range(50)]
        calls.go.set()
        assert await asyncio.gather(*waiting) == [{}] * 50
        assert gathering.waiting == 0
        return calls.sizes

    assert asyncio.run(run()) == [100]


def test_each_request_is_told_of_its_own_locations_by_their_place_in_it() -> None:
    def odd_ones(sent: list[Location]) -> list[Rejection]:
        return [Rejection(index=at, field="latitude") for at, one in enumerate(sent) if one.person_id % 2]

    async def run() -> list[list[int]]:
        calls = Calls(odd_ones)
        calls.go.set()
        gathering = Gathering(calls.send, wait_s=0, most=1000)
        persons = [[2, 4], [1], [2, 3, 5], [6], [7, 8]]
        told = await asyncio.gather(*(gathering.add([Location(person_id=one) for one in each]) for each in persons))
        assert all(rejection.field == "latitude" for rejections in told for rejection in rejections.values())
        return [sorted(rejections) for rejections in told]

    assert asyncio.run(run()) == [[], [0], [1, 2], [], [0]]


def test_a_call_that_fails_fails_for_all_that_share_it_and_for_no_others() -> None:
    def fail(sent: list[Location]) -> Sequence[Rejection]:
        if sent[0].person_id == 13:
            raise DependencyDown("location_producer")
        return []

    async def run() -> None:
        calls = Calls(fail)
        calls.go.set()
        gathering = Gathering(calls.send, wait_s=0.001, most=1000)
        bad = [gathering.add(locations(1, 13)), gathering.add(locations(1))]
        for waiting in bad:
            with pytest.raises(DependencyDown):
                await waiting
        assert await gathering.add(locations(1)) == {}

    asyncio.run(run())


def test_a_call_holds_so_many_and_the_rest_goes_in_the_next() -> None:
    async def run() -> list[int]:
        calls = Calls()
        gathering = Gathering(calls.send, wait_s=0, most=100_000)
        waiting = [gathering.add(locations(CALL_MAX_LOCATIONS // 2 + 1)) for _ in range(3)]
        calls.go.set()
        await asyncio.gather(*waiting)
        return calls.sizes

    assert asyncio.run(run()) == [CALL_MAX_LOCATIONS // 2 + 1] * 3


def test_while_a_call_is_under_way_what_comes_is_gathered_and_leaves_when_it_has_ended() -> None:
    async def run() -> list[int]:
        calls = Calls()
        gathering = Gathering(calls.send, wait_s=0, most=1000)
        waiting = [gathering.add(locations(1))]
        await calls.began.get()
        for _ in range(10):
            waiting.append(gathering.add(locations(3)))
            await asyncio.sleep(0)
        calls.go.set()
        await asyncio.gather(*waiting)
        return calls.sizes

    assert asyncio.run(run()) == [1, 30]


def test_a_call_that_is_not_answered_does_not_hold_the_next_for_long() -> None:
    async def run() -> list[int]:
        calls = Calls()
        gathering = Gathering(calls.send, wait_s=0, most=1000)
        waiting = [gathering.add(locations(1))]
        await calls.began.get()
        waiting.append(gathering.add(locations(2)))
        assert await asyncio.wait_for(calls.began.get(), PATIENCE_S) == 2
        calls.go.set()
        await asyncio.gather(*waiting)
        return calls.sizes

    assert asyncio.run(run()) == [1, 2]


def test_too_much_is_refused_at_once_and_taken_again_when_there_is_room() -> None:
    async def run() -> None:
        calls = Calls()
        gathering = Gathering(calls.send, wait_s=0, most=1000)
        first = gathering.add(locations(1000))
        with pytest.raises(TooBusyError):
            gathering.add(locations(1))
        calls.go.set()
        await first
        await gathering.add(locations(1))
        await gathering.add(locations(1500))  # alone it may be as large as a request can be

    asyncio.run(run())


def test_a_phone_that_goes_away_disturbs_nobody() -> None:
    async def run() -> None:
        calls = Calls()
        gathering = Gathering(calls.send, wait_s=0, most=1000)
        gone, there = gathering.add(locations(1)), gathering.add(locations(1))
        gone.cancel()
        calls.go.set()
        assert await there == {}
        assert gathering.waiting == 0

    asyncio.run(run())
