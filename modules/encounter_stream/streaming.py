"""One answer: what goes on now or was missed, then what changes, until the token ends or nobody listens any more."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Final

import structlog
from udaconnect.connection.v1.encounter_pb2 import KIND_BEGUN, KIND_ENDED, EncounterEvent

from encounter_stream.asgi import Exchange
from encounter_stream.ending import DEPENDENCY, GONE, PERSON, SLOW, Ended
from encounter_stream.held import HeldEvents
from encounter_stream.lines import BEGINNING, HEARTBEAT, encounter, event_lines, kind_name, told
from encounter_stream.listeners import Listener
from encounter_stream.metrics import Metrics
from encounter_stream.people import People
from encounter_stream.token import Token
from service_kit.errors import DependencyDown, NotFound
from service_kit.rpc.people import Person
from service_kit.rsgi.answers import MANNERS

log = structlog.get_logger()

CHECK_EVERY_S: Final = 5.0
HEADERS: Final = (("content-type", "text/event-stream"), ("x-accel-buffering", "no"), *MANNERS)
MISSED: Final = "More has changed than is held here: ask for the encounters again."


class Streaming:
    """Belongs to the event loop's thread."""

    def __init__(self, held: HeldEvents, people: People, metrics: Metrics, heartbeat_s: float) -> None:
        self._held = held
        self._people = people
        self._metrics = metrics
        self._heartbeat_s = heartbeat_s

    async def first(self, person_id: int, after: int | None) -> list[bytes]:
        """What a listener is told at once. Raises NotFound where there is no such person, DependencyDown."""
        missed = None if after is None else self._held.since(person_id, after)
        if missed is not None:
            people = await self._named(person_id, missed)
            return [said for event in missed if (said := told(event, people))]
        number, going_on = self._held.going_on(person_id)
        people = await self._named(person_id, going_on)
        known = (event for event in going_on if event.other_person_id in people)
        rows = [encounter(event, people[event.other_person_id]) for event in known]
        lines = [event_lines("missed", {"detail": MISSED})] if after is not None else []
        return [*lines, event_lines("now", {"encounters": rows}, number)]

    async def tell(self, listener: Listener, first: Sequence[bytes], exchange: Exchange, token: Token) -> None:
        """Answer, until it ends."""
        await exchange.begin(HTTPStatus.OK, HEADERS)
        gone = asyncio.create_task(exchange.gone())
        gone.add_done_callback(lambda _: listener.end(GONE))
        try:
            reason = await self._follow(listener, first, exchange, token)
        except asyncio.CancelledError:
            if listener.ended_because is None:
                raise
            reason = listener.ended_because
        finally:
            gone.cancel()
        self._metrics.ended(reason)
        if reason not in (GONE, SLOW):
            await exchange.end()

    async def _follow(self, listener: Listener, first: Sequence[bytes], exchange: Exchange, token: Token) -> str:
        """Returns why it has ended."""
        try:
            await exchange.say(b"".join([BEGINNING, *first]))
            said_at = checked_at = time.monotonic()
            while True:
                now = time.monotonic()
                within_s = min(said_at + self._heartbeat_s, checked_at + CHECK_EVERY_S) - now
                events = await listener.next(max(0.0, min(within_s, token.lasts_s())))
                if events:
                    await self._tell_events(listener.person_id, events, exchange)
                    said_at = time.monotonic()
                listener.check()
                if time.monotonic() >= checked_at + CHECK_EVERY_S or token.lasts_s() <= 0:
                    await token.check()
                    checked_at = time.monotonic()
                if time.monotonic() >= said_at + self._heartbeat_s:
                    await exchange.say(HEARTBEAT)
                    said_at = time.monotonic()
        except Ended as end:
            if end.reason != GONE:
                with suppress(TimeoutError):
                    await exchange.say(event_lines("end", {"reason": end.reason, "detail": str(end)}))
            return end.reason
        except TimeoutError:
            return SLOW

    async def _tell_events(self, person_id: int, events: Sequence[EncounterEvent], exchange: Exchange) -> None:
        """Raises Ended, TimeoutError."""
        try:
            people = await self._named(person_id, events)
        except NotFound as error:
            raise Ended(PERSON) from error
        except DependencyDown as error:
            raise Ended(DEPENDENCY) from error  # whoever comes again has missed nothing
        lines = [(event, said) for event in events if (said := told(event, people))]
        if lines:
            await exchange.say(b"".join(said for _, said in lines))
        now_s = time.time()
        for event, _ in lines:
            is_new = event.kind in (KIND_BEGUN, KIND_ENDED)
            self._metrics.told(kind_name(event), now_s - event.told_at.ToMicroseconds() / 1e6 if is_new else None)

    async def _named(self, person_id: int, events: Sequence[EncounterEvent]) -> Mapping[int, Person]:
        others = (event.other_person_id for event in events)
        people = await self._people.named([person_id, *(other for other in others if other)])
        if person_id not in people:
            raise NotFound(f"person {person_id}")
        return people
