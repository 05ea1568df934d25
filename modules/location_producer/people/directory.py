"""Who there is, and what they keep private, for a service that takes locations in.

Whoever is not known yet is asked for; erasures and private spans are followed. A person created a moment ago is asked
for and found. Whoever does not exist is not asked for again for a moment. While person_service does not answer, those
who are not known pass: the consumer looks at them once more, and makes them dead letters, or drops what is private.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from typing import Final, Protocol

import grpc
import numpy as np
import structlog
from udaconnect.person.v1.person_pb2 import (
    CheckPersonsRequest,
    CheckPersonsResponse,
    ListErasuresRequest,
    ListErasuresResponse,
)

from location_producer.people.found import NOTHING, Found
from location_producer.people.known import KnownIds
from service_kit.errors import DependencyDown
from service_kit.kafka.location_wire import Ints
from service_kit.private_spans import Span, by_person

IDS_PER_CALL: Final = 10_000  # the contract's limit
ANSWER_WITHIN_S: Final = 1.0
FOLLOW_EVERY_S: Final = 0.25
NOBODY_FOR_S: Final = 0.2
"""So long an id is believed to be nobody's: a flood of one mistyped id must not become a flood of questions."""

MOST_NOBODIES: Final = 100_000
DOWN_FOR_S: Final = 1.0
"""So long nothing is asked after it has failed: every call would wait for it again."""

log = structlog.get_logger()


class Asking(Protocol):
    """Person_service over gRPC; each raises grpc.RpcError, or DependencyDown where its token cannot be read."""

    async def check(self, request: CheckPersonsRequest, timeout_s: float) -> CheckPersonsResponse: ...
    async def erasures(self, request: ListErasuresRequest, timeout_s: float) -> ListErasuresResponse: ...


class Directory:
    """Belongs to one event loop."""

    def __init__(self, service: Asking | None, clock: Callable[[], float] = time.monotonic) -> None:
        """None: nobody is asked, and everybody passes."""
        self._service = service
        self._clock = clock
        self._known = KnownIds()
        self._private: dict[int, Sequence[Span]] = {}  # of those who are known
        self._nobody_until: dict[int, float] = {}
        self._erasure: int | None = None
        self._private_span: int | None = None
        self._down_until = 0.0

    async def look_up(self, ids: Collection[int] | Ints) -> Found:
        """Which of the ids are nobody's, and what the others keep private. An id may be there several times.

        May wait for person_service, at most for ANSWER_WITHIN_S.
        """
        if self._service is None:
            return NOTHING
        each = distinct(ids)
        # While strangers are asked about, others may be forgotten: what was known of them holds for this call.
        private = self._private_of(each)
        nobodies, told = await self._unknown(each)
        return Found(nobodies, private | told | self._private_of(each))

    def _private_of(self, ids: Ints) -> dict[int, Sequence[Span]]:
        private = self._private.keys() & ids.tolist() if self._private else ()
        return {person_id: self._private[person_id] for person_id in private}

    async def _unknown(self, ids: Ints) -> tuple[set[int], dict[int, Sequence[Span]]]:
        """Those of the ids that are nobody's, and what others that were not known keep private."""
        now = self._clock()
        strangers = self._known.strangers(ids[ids > 0])
        nobodies = {person_id for person_id in strangers if self._nobody_until.get(person_id, 0) > now}
        asked = [person_id for person_id in strangers if person_id not in nobodies]
        private: dict[int, Sequence[Span]] = {}
        for begin in range(0, len(asked), IDS_PER_CALL):
            found = await self._ask(asked[begin : begin + IDS_PER_CALL])
            nobodies.update(found.nobodies)
            private.update(found.private)
        return nobodies, private

    async def follow(self) -> None:
        """Keep in mind no longer whoever is erased or has changed private spans; for ever."""
        was_down = False
        while self._service is not None:
            try:
                request = ListErasuresRequest(after=self._erasure, after_private_span=self._private_span)
                answer = await self._service.erasures(request, ANSWER_WITHIN_S)
            except (grpc.RpcError, DependencyDown) as error:
                if not was_down:
                    log.warning("person_service does not answer: whoever is not known passes", because=why(error))
                was_down = True
                await asyncio.sleep(DOWN_FOR_S)
                continue
            was_down = False
            if answer.start_anew or self._erasure is None:
                self._known.clear()
                self._private.clear()
            changed = [*answer.person_ids, *answer.private_span_person_ids]
            self._known.remove(changed)
            for person_id in changed:
                self._private.pop(person_id, None)
            self._erasure, self._private_span = answer.erasure_number, answer.private_span_number
            if not changed:
                await asyncio.sleep(FOLLOW_EVERY_S)

    async def _ask(self, ids: list[int]) -> Found:
        """Keep in mind who is there; or, where the answer may be too old for that, tell this once."""
        if self._service is None or self._clock() < self._down_until:
            return NOTHING
        try:
            answer = await self._service.check(CheckPersonsRequest(ids=ids), ANSWER_WITHIN_S)
        except (grpc.RpcError, DependencyDown):
            self._down_until = self._clock() + DOWN_FOR_S
            return NOTHING
        private = by_person(
            (span.person_id, span.begins_us, span.ends_us if span.HasField("ends_us") else None)
            for span in answer.private_spans
        )
        # What is older than what has been followed may name whoever was erased, or lack what is private now.
        if (
            self._erasure is not None
            and self._private_span is not None
            and answer.erasure_number >= self._erasure
            and answer.private_span_number >= self._private_span
        ):
            self._known.add(answer.ids)
            self._private |= private
        nobodies = set(ids) - set(answer.ids)
        if len(self._nobody_until) + len(nobodies) > MOST_NOBODIES:
            self._nobody_until.clear()
        self._nobody_until |= dict.fromkeys(nobodies, self._clock() + NOBODY_FOR_S)
        return Found(nobodies, private)


def distinct(ids: Collection[int] | Ints) -> Ints:
    """Each of the ids once, in their order. (np.unique takes ten times as long.)"""
    ordered: Ints = np.sort(ids if isinstance(ids, np.ndarray) else np.array(list(ids), np.int64))
    each: Ints = ordered[np.diff(ordered, prepend=ordered[:1] - 1) != 0]
    return each


def why(error: Exception) -> str:
    return error.code().name if isinstance(error, grpc.aio.AioRpcError) else type(error).__name__
