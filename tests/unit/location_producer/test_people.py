"""Who is nobody is known at once, who was created a moment ago is let in, who is erased is forgotten."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import grpc
import numpy as np
import pytest
from udaconnect.person.v1.person_pb2 import (
    CheckPersonsRequest,
    CheckPersonsResponse,
    ListErasuresRequest,
    ListErasuresResponse,
    PrivateSpan,
)

from location_producer.people import directory, known
from location_producer.people.directory import Directory
from location_producer.people.known import KnownIds
from service_kit.private_spans import FOR_EVER_US


def test_ids_are_a_set_in_little_room() -> None:
    ids = KnownIds()
    ids.add(range(1, 1_000_001))
    ids.add([2**62])
    assert all(person_id in ids for person_id in (1, 65_535, 65_536, 1_000_000, 2**62))
    assert not any(person_id in ids for person_id in (1_000_001, 2**62 + 1, 2**61, 2**63 - 1))
    ids.remove([65_536, 5_000_000])
    assert 65_536 not in ids
    assert 65_537 in ids
    ids.clear()
    assert 1 not in ids


def test_of_many_ids_those_are_told_that_are_not_known() -> None:
    ids = KnownIds()
    ids.add([1, 7, 65_535, 65_536, 2**62])
    asked = [1, 2, 7, 8, 65_535, 65_536, 65_537, 2**61, 2**62, 2**62 + 1]
    assert ids.strangers(np.array(asked)) == [each for each in asked if each not in ids]
    assert ids.strangers(np.array([], np.int64)) == []


def test_ids_far_apart_do_not_use_up_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "MOST_BLOCKS", 3)
    ids = KnownIds()
    ids.add(number << 20 for number in range(1, 5))
    assert 4 << 20 in ids
    assert 1 << 20 not in ids, "forgotten, to be asked for again"


class Service:
    """Plays person_service."""

    def __init__(self) -> None:
        self.people = {1, 2, 3}
        self.erased: list[int] = []
        self.private: list[PrivateSpan] = []
        self.asked: list[list[int]] = []
        self.down = False

    async def check(self, request: CheckPersonsRequest, timeout_s: float) -> CheckPersonsResponse:
        assert timeout_s
        self.asked.append(list(request.ids))
        if self.down:
            raise grpc.RpcError
        return CheckPersonsResponse(
            ids=self.people & set(request.ids),
            erasure_number=len(self.erased),
            private_spans=[span for span in self.private if span.person_id in request.ids],
            private_span_number=len(self.private),
        )

    async def erasures(self, request: ListErasuresRequest, timeout_s: float) -> ListErasuresResponse:
        assert timeout_s
        if self.down:
            raise grpc.RpcError
        after = request.after if request.HasField("after") else len(self.erased)
        after_span = request.after_private_span if request.HasField("after_private_span") else len(self.private)
        return ListErasuresResponse(
            erasure_number=len(self.erased),
            person_ids=self.erased[after:],
            start_anew=after > len(self.erased) or after_span > len(self.private),
            private_span_number=len(self.private),
            private_span_person_ids=[span.person_id for span in self.private[after_span:]],
        )

    def erase(self, person_id: int) -> None:
        self.people.remove(person_id)
        self.erased.append(person_id)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def run(test: Callable[[Service, Directory, Clock], Awaitable[None]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "FOLLOW_EVERY_S", 0)
    monkeypatch.setattr(directory, "DOWN_FOR_S", 0)

    async def follow_and_test() -> None:
        service, clock = Service(), Clock()
        people = Directory(service, clock)
        following = asyncio.create_task(people.follow())
        await rounds()
        await test(service, people, clock)
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following

    asyncio.run(follow_and_test())


async def rounds() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_whoever_is_known_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(service: Service, people: Directory, _clock: Clock) -> None:
        assert set((await people.look_up({1, 2, 999})).nobodies) == {999}
        assert service.asked == [[1, 2, 999]]
        assert set((await people.look_up({1, 2, 999})).nobodies) == {999}
        assert len(service.asked) == 1, "nor is nobody, for a moment"

    run(test, monkeypatch)


def test_a_person_created_a_moment_ago_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(service: Service, people: Directory, clock: Clock) -> None:
        service.people.add(4)
        assert (await people.look_up({4})).nobodies == set()
        assert set((await people.look_up({5})).nobodies) == {5}
        service.people.add(5)
        clock.now += directory.NOBODY_FOR_S
        assert (await people.look_up({5})).nobodies == set()

    run(test, monkeypatch)


def test_whoever_is_erased_is_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(service: Service, people: Directory, _clock: Clock) -> None:
        assert (await people.look_up({1, 2})).nobodies == set()
        service.erase(1)
        await rounds()
        assert set((await people.look_up({1, 2})).nobodies) == {1}

    run(test, monkeypatch)


def test_an_answer_from_before_an_erasure_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(service: Service, people: Directory, _clock: Clock) -> None:
        async def late(request: CheckPersonsRequest, timeout_s: float) -> CheckPersonsResponse:
            answer = await Service.check(service, request, timeout_s)
            service.erase(1)
            await rounds()
            return answer

        service.check = late  # type: ignore[method-assign]
        assert (await people.look_up({1})).nobodies == set()
        del service.check
        assert set((await people.look_up({1})).nobodies) == {1}

    run(test, monkeypatch)


def test_while_nobody_answers_everybody_passes_and_afterwards_it_is_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(service: Service, people: Directory, _clock: Clock) -> None:
        assert (await people.look_up({1})).nobodies == set()
        service.down = True
        assert (await people.look_up({1, 999})).nobodies == set()
        service.erase(1)
        service.down = False
        await rounds()
        assert set((await people.look_up({1, 999})).nobodies) == {1, 999}

    run(test, monkeypatch)


def test_what_somebody_keeps_private_is_known_when_they_are_and_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(service: Service, people: Directory, _clock: Clock) -> None:
        service.private = [PrivateSpan(person_id=1, begins_us=10, ends_us=20), PrivateSpan(person_id=2, begins_us=5)]
        await rounds()
        assert (await people.look_up({1, 3})).private == {1: [(10, 20)]}
        assert (await people.look_up({2, 999})).private == {2: [(5, FOR_EVER_US)]}
        service.private = [*service.private, PrivateSpan(person_id=1, begins_us=15, ends_us=30)]
        await rounds()
        assert (await people.look_up({1, 2})).private == {1: [(10, 30)], 2: [(5, FOR_EVER_US)]}

    run(test, monkeypatch)


def test_an_answer_from_before_a_pause_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(service: Service, people: Directory, _clock: Clock) -> None:
        async def late(request: CheckPersonsRequest, timeout_s: float) -> CheckPersonsResponse:
            answer = await Service.check(service, request, timeout_s)
            service.private = [PrivateSpan(person_id=1, begins_us=10)]
            await rounds()
            return answer

        service.check = late  # type: ignore[method-assign]
        assert (await people.look_up({1})).private == {}
        del service.check
        assert (await people.look_up({1})).private == {1: [(10, FOR_EVER_US)]}

    run(test, monkeypatch)


def test_a_pause_holds_while_others_are_asked_about_and_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """1 is known and 2 is not; while 2 is asked about, 1 has one more time forgotten, and 3 pauses."""

    async def test(service: Service, people: Directory, _clock: Clock) -> None:
        async def late(request: CheckPersonsRequest, timeout_s: float) -> CheckPersonsResponse:
            answer = await Service.check(service, request, timeout_s)
            service.private += [PrivateSpan(person_id=1, begins_us=1, ends_us=2), PrivateSpan(person_id=3, begins_us=5)]
            await rounds()
            return answer

        service.private = [PrivateSpan(person_id=1, begins_us=10), PrivateSpan(person_id=2, begins_us=20)]
        await rounds()
        await people.look_up({1})
        service.check = late  # type: ignore[method-assign]
        assert (await people.look_up({1, 2})).private == {1: [(10, FOR_EVER_US)], 2: [(20, FOR_EVER_US)]}

    run(test, monkeypatch)


def test_a_pause_holds_before_changes_have_been_heard_of() -> None:
    async def look_up() -> None:
        service = Service()
        service.private = [PrivateSpan(person_id=1, begins_us=10)]
        assert (await Directory(service).look_up({1})).private == {1: [(10, FOR_EVER_US)]}

    asyncio.run(look_up())


def test_after_a_restore_of_the_database_nobody_is_kept_in_mind(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(service: Service, people: Directory, _clock: Clock) -> None:
        service.erase(3)
        await rounds()
        assert (await people.look_up({1})).nobodies == set()
        service.erased, service.people = [], {2}
        await rounds()
        assert set((await people.look_up({1})).nobodies) == {1}

    run(test, monkeypatch)
