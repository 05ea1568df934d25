"""Whose a secret is: asked of person_service once, remembered, and forgotten when something about the device changes.

Changes are asked for several times a second. While they cannot be heard of, nobody can tell whether a device has been
revoked: after a while phones are asked to come again, and keep what they have.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import structlog

from service_kit.errors import DependencyDown, NotAuthenticated

log = structlog.get_logger()

CHANGES_EVERY_S: Final = 0.3
TRUSTED_FOR_S: Final = 10.0
KNOWN_MAX: Final = 50_000
"""Some 400 bytes each. Whoever has not been heard of for the longest time is asked about again."""

UNKNOWN_FOR_S: Final = 1.0
UNKNOWN_MAX: Final = 10_000
ASKED_TOGETHER_MAX: Final = 1_000
ASKING_MAX: Final = 5_000


@dataclass(frozen=True, slots=True)
class Device:
    id: int
    person_id: int
    revoked: bool = False


class Checked(NamedTuple):
    devices: dict[bytes, Device]
    """By the SHA-256 of the secret; only those that are known."""

    change_number: int


class Changes(NamedTuple):
    change_number: int
    device_ids: Sequence[int]
    start_anew: bool


class PersonService(Protocol):
    """Each raises DependencyDown."""

    async def check(self, secrets: Sequence[bytes]) -> Checked: ...
    async def changes(self, after: int | None) -> Changes: ...


class Devices:
    """Belongs to the event loop's thread."""

    def __init__(self, person_service: PersonService, clock: Callable[[], float] = time.monotonic) -> None:
        self._person_service = person_service
        self._clock = clock
        self._known: OrderedDict[bytes, Device] = OrderedDict()
        self._secrets: dict[int, bytes] = {}
        self._unknown: OrderedDict[bytes, float] = OrderedDict()
        self._asked: dict[bytes, asyncio.Future[Device | None]] = {}
        self._asking: asyncio.Task[None] | None = None
        self._heard_at_s = float("-inf")
        self._change: int | None = None

    @property
    def up_to_date(self) -> bool:
        return self._clock() - self._heard_at_s <= TRUSTED_FOR_S

    def __len__(self) -> int:
        return len(self._known)

    async def find(self, secret_sha256: bytes) -> Device:
        """Raises NotAuthenticated for a secret that is nobody's or revoked, DependencyDown where nobody can tell."""
        if not self.up_to_date:
            raise DependencyDown("person_service")
        device = self._known.get(secret_sha256)
        if device is not None:
            self._known.move_to_end(secret_sha256)
        elif self._unknown.get(secret_sha256, 0.0) <= self._clock():
            device = await self._ask(secret_sha256)
        if device is None or device.revoked:
            raise NotAuthenticated("this secret is no device's that is connected; connect the phone again")
        return device

    async def follow(self) -> None:
        """Hear of changes, for ever."""
        was_heard = True
        while True:
            heard = await self.hear()
            if heard != was_heard:
                log.warning("changes of devices", heard=heard)
                was_heard = heard
            await asyncio.sleep(CHANGES_EVERY_S)

    async def hear(self) -> bool:
        """Ask what has changed; whether that was answered."""
        try:
            changes = await self._person_service.changes(self._change)
        except DependencyDown:
            return False
        if changes.start_anew or self._change is None:
            self._known.clear()
            self._secrets.clear()
        for device_id in changes.device_ids:
            if (secret := self._secrets.pop(device_id, None)) is not None:
                self._known.pop(secret, None)
        self._change = changes.change_number
        self._heard_at_s = self._clock()
        return True

    async def _ask(self, secret_sha256: bytes) -> Device | None:
        """Together with all who ask at the same time; one question is under way at a time."""
        asked = self._asked.get(secret_sha256)
        if asked is None:
            if len(self._asked) >= ASKING_MAX:
                raise DependencyDown("person_service")
            asked = self._asked[secret_sha256] = asyncio.get_running_loop().create_future()
            asked.add_done_callback(lambda done: done.cancelled() or done.exception())  # who asked may be gone
            if self._asking is None:
                self._asking = asyncio.create_task(self._ask_all())
        return await asyncio.shield(asked)

    async def _ask_all(self) -> None:
        while self._asked:
            asked = dict(list(self._asked.items())[:ASKED_TOGETHER_MAX])
            try:
                found = await self._person_service.check(list(asked))
            except Exception as error:  # noqa: BLE001  whatever it is, those who asked raise it
                self._answer_all(asked, error)
            else:
                self._remember(found)
                self._answer_all(asked, found)
        self._asking = None

    def _answer_all(self, asked: dict[bytes, "asyncio.Future[Device | None]"], answer: Checked | Exception) -> None:
        for secret, future in asked.items():
            del self._asked[secret]
            if isinstance(answer, Exception):
                future.set_exception(answer)
                continue
            device = answer.devices.get(secret)
            if device is None:
                self._unknown[secret] = self._clock() + UNKNOWN_FOR_S
                self._unknown.move_to_end(secret)
                if len(self._unknown) > UNKNOWN_MAX:
                    self._unknown.popitem(last=False)
            future.set_result(device)

    def _remember(self, found: Checked) -> None:
        """Unless a later change than the answer knows of has been heard of: it may be about one of these."""
        if self._change is None or found.change_number < self._change:
            return
        for secret, device in found.devices.items():
            self._known[secret] = device
            self._secrets[device.id] = secret
            if len(self._known) > KNOWN_MAX:
                _, forgotten = self._known.popitem(last=False)
                self._secrets.pop(forgotten.id, None)
