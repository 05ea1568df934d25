"""The token that somebody listens with: good until its end, or until it is taken back."""

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from encounter_stream.ending import TOKEN, Ended
from service_kit.access.rules import Gate
from service_kit.errors import DependencyDown, NotAuthenticated

if TYPE_CHECKING:
    from service_kit.access.tokens import Caller


class Token:
    def __init__(self, gate: Gate, authorization: str | None) -> None:
        self._gate = gate
        self._authorization = authorization
        self.caller: Caller | None = None
        """None where tokens are not asked for."""

    def lasts_s(self) -> float:
        return float("inf") if self.caller is None else self.caller.expires_at_s - time.time()

    async def identify(self) -> None:
        """Raises NotAuthenticated, DependencyDown."""
        if self._gate.tokens is not None:
            # In a thread where the token has not been seen before: the issuer's keys may have to be asked for.
            self.caller = self._gate.recall(self._authorization) or await asyncio.to_thread(
                self._gate.identify, self._authorization
            )

    async def check(self) -> None:
        """Raises Ended where it is good no more."""
        try:
            with suppress(DependencyDown):
                await self.identify()
        except NotAuthenticated as error:
            raise Ended(TOKEN, f"{error}") from error
