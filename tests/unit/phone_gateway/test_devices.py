"""Whose a secret is: asked once, forgotten at once when something changes."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import pytest

from phone_gateway.devices import TRUSTED_FOR_S, UNKNOWN_FOR_S, Changes, Checked, Device, Devices
from service_kit.errors import DependencyDown, NotAuthenticated

ADAS, NOBODYS = b"a" * 32, b"n" * 32


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class People:
    """Stands for person_service."""

    def __init__(self) -> None:
        self.devices = {ADAS: Device(7, 1)}
        self.change = 5
        self.changed: list[int] = []
        self.start_anew = False
        self.down = False
        self.asked: list[list[bytes]] = []
        self.meanwhile: Callable[[], Coroutine[Any, Any, object]] | None = None

    async def check(self, secrets: Sequence[bytes]) -> Checked:
        self.asked.append(list(secrets))
        if self.down:
            raise DependencyDown("person_service")
        answer = Checked({each: self.devices[each] for each in secrets if each in self.devices}, self.change)
        if self.meanwhile is not None:
            await self.meanwhile()
        await asyncio.sleep(0)
        return answer

    async def changes(self, after: int | None) -> Changes:
        if self.down:
            raise DependencyDown("person_service")
        return Changes(self.change, self.changed if after != self.change else [], self.start_anew)

    def revoke(self) -> None:
        self.devices[ADAS] = Device(7, 1, revoked=True)
        self.change += 1
        self.changed = [7]


def run(scenario: Callable[[Devices, People, Clock], Coroutine[Any, Any, None]]) -> None:
    async def go() -> None:
        people, clock = People(), Clock()
        devices = Devices(people, clock)
        await devices.hear()
        await scenario(devices, people, clock)

    asyncio.run(go())


def test_a_device_is_asked_about_once() -> None:
    async def scenario(devices: Devices, people: People, _clock: Clock) -> None:
        found = await asyncio.gather(*(devices.find(ADAS) for _ in range(100)))
        assert found == [Device(7, 1)] * 100
        assert await devices.find(ADAS) == Device(7, 1)
        assert people.asked == [[ADAS]]

    run(scenario)


def test_a_revoked_device_is_refused_as_soon_as_the_change_is_heard_of() -> None:
    async def scenario(devices: Devices, people: People, _clock: Clock) -> None:
        await devices.find(ADAS)
        people.revoke()
        await devices.hear()
        with pytest.raises(NotAuthenticated):
            await devices.find(ADAS)

    run(scenario)


def test_an_answer_that_was_overtaken_by_a_change_is_not_kept() -> None:
    async def scenario(devices: Devices, people: People, _clock: Clock) -> None:
        async def revoked_and_heard_of() -> None:
            people.meanwhile = None
            people.revoke()
            await devices.hear()

        people.meanwhile = revoked_and_heard_of
        await devices.find(ADAS)  # the answer was on its way
        with pytest.raises(NotAuthenticated):
            await devices.find(ADAS)

    run(scenario)


def test_an_unknown_secret_is_not_asked_about_again_for_a_moment() -> None:
    async def scenario(devices: Devices, people: People, clock: Clock) -> None:
        for _ in range(3):
            with pytest.raises(NotAuthenticated):
                await devices.find(NOBODYS)
        assert people.asked == [[NOBODYS]]
        people.devices[NOBODYS] = Device(8, 2)
        clock.now_s += UNKNOWN_FOR_S
        assert await devices.find(NOBODYS) == Device(8, 2)

    run(scenario)


def test_many_unknown_secrets_share_a_question() -> None:
    async def scenario(devices: Devices, people: People, _clock: Clock) -> None:
        secrets = [bytes([n]) * 32 for n in range(100, 200)]
        found = await asyncio.gather(*map(devices.find, secrets), return_exceptions=True)
        assert all(isinstance(each, NotAuthenticated) for each in found)
        assert len(people.asked) <= 2

    run(scenario)


def test_while_changes_cannot_be_heard_of_known_devices_are_trusted_for_a_while_only() -> None:
    async def scenario(devices: Devices, people: People, clock: Clock) -> None:
        await devices.find(ADAS)
        people.down = True
        assert not await devices.hear()
        clock.now_s += TRUSTED_FOR_S - 1
        assert await devices.find(ADAS) == Device(7, 1)
        with pytest.raises(DependencyDown):
            await devices.find(NOBODYS)
        clock.now_s += 2
        with pytest.raises(DependencyDown):
            await devices.find(ADAS)
        people.down = False
        assert await devices.hear()
        assert await devices.find(ADAS) == Device(7, 1)

    run(scenario)


def test_whoever_has_missed_changes_asks_about_everybody_again() -> None:
    async def scenario(devices: Devices, people: People, _clock: Clock) -> None:
        await devices.find(ADAS)
        people.start_anew = True
        await devices.hear()
        assert len(devices) == 0
        await devices.find(ADAS)
        assert people.asked == [[ADAS], [ADAS]]

    run(scenario)
