"""HTTP at its edge: who may listen to what, and what everybody else is answered."""

import logging
import re
from http import HTTPStatus
from typing import Final

import structlog

from encounter_stream.asgi import Exchange, Receive, Scope, Send
from encounter_stream.listeners import Listeners
from encounter_stream.metrics import Metrics
from encounter_stream.streaming import Streaming
from encounter_stream.token import Token
from service_kit.access.rules import MEETINGS_READ, Gate, Rule
from service_kit.errors import InvalidInput
from service_kit.rsgi.answers import answer_of
from service_kit.rsgi.unacceptable import UnacceptableError

log = structlog.get_logger("audit")

PATH: Final = re.compile(r"/api/persons/([1-9][0-9]{0,17})/encounters/live")
CALL: Final = "GET /api/persons/{person_id}/encounters/live"
RULE: Final = Rule(MEETINGS_READ, lambda person_id: [person_id])
NUMBER: Final = re.compile(r"[0-9]{1,18}", re.ASCII)


class Http:
    """The ASGI application."""

    def __init__(self, gate: Gate, listeners: Listeners, streaming: Streaming, metrics: Metrics) -> None:
        logging.getLogger("audit").setLevel(logging.INFO)
        self._gate = gate
        self._listeners = listeners
        self._streaming = streaming
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange(scope, receive, send)
        try:
            await self._answer(exchange)
        except Exception as error:  # noqa: BLE001  this is the edge: nothing passes it but an answer
            answer = answer_of(error)
            if exchange.status is None:
                await exchange.answer(answer)
            self._metrics.refused(answer.status)

    async def _answer(self, exchange: Exchange) -> None:
        """Raises DomainError or UnacceptableError as long as the answer has not begun."""
        found = PATH.fullmatch(exchange.path)
        if found is None:
            raise UnacceptableError(HTTPStatus.NOT_FOUND, "there is nothing at this path")
        if exchange.method != "GET":
            raise UnacceptableError(HTTPStatus.METHOD_NOT_ALLOWED, "allowed here: GET", ("allow", "GET"))
        person_id = int(found[1])
        token = Token(self._gate, exchange.header("authorization"))
        await token.identify()
        address = exchange.address
        self._gate.count(token.caller, address)
        if token.caller is not None:
            RULE.check(token.caller, person_id)
        if exchange.query:
            raise InvalidInput([(exchange.query.partition("=")[0][:100], "is no parameter of this")])
        whose = f"person {person_id}" if token.caller is None else token.caller.subject
        with self._listeners.listening(person_id, whose) as listener:
            # From here on nothing is missed: what changes waits while this is asked for.
            first = await self._streaming.first(person_id, last_event_id(exchange.header("last-event-id")))
            who = f"address {address}" if token.caller is None else f"token {token.caller.subject}"
            log.info("audit", who=who, call=CALL, person_id=person_id, status=HTTPStatus.OK.value)
            await self._streaming.tell(listener, first, exchange, token)


def last_event_id(given: str | None) -> int | None:
    """None: it does not come again. Whatever is no number of ours is before all of them."""
    if not given:
        return None
    return int(given) if NUMBER.fullmatch(given) else -1
