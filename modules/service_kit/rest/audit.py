"""Who asked what about whom: a line in the log for each request that is about one person, or tells of many.

Neither places nor names are in it. It is written whatever LOG_LEVEL says, when the answer has been given whole or has
broken off.
"""

import logging
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask, Response, g, request

from service_kit.rest.access import call_name, current_caller

log = structlog.get_logger("audit")

LEFT_OUT = frozenset({"cursor"})  # it holds the key of a row


@dataclass
class RowCount:
    """How many rows the caller was given."""

    count: int | None = None

    def add(self, count: int) -> None:
        self.count = (self.count or 0) + count


def audit(app: Flask, methods: AbstractSet[str], of_many: AbstractSet[str] = frozenset()) -> None:
    """Log every request with one of these methods to a path that names a person, or is one `of_many`."""
    logging.getLogger("audit").setLevel(logging.INFO)

    @app.after_request
    def note(response: Response) -> Response:
        rule, variables = request.url_rule, request.view_args or {}
        if rule is not None and request.method in methods and ("person_id" in variables or rule.rule in of_many):
            entry = {
                "who": caller_name(),
                "call": call_name(request.method, rule),
                **({"person_id": variables["person_id"]} if "person_id" in variables else {}),
                "question": g.get("question", {}),
                "status": response.status_code,
            }
            rows = answered_rows()
            response.call_on_close(lambda: log.info("audit", **entry, **_counted(rows)))
        return response


def caller_name() -> str:
    """The subject of the caller's token; where tokens are not asked for, the address that the request came from."""
    caller = current_caller()
    return f"address {request.remote_addr}" if caller is None else f"token {caller.subject}"


def note_question(parameters: dict[str, str]) -> None:
    """Of this request, once they are known to be well-formed: what is not could be anything, also a name."""
    g.question = {name: value for name, value in parameters.items() if name not in LEFT_OUT}


def answered_rows() -> RowCount:
    """Of this request: whoever writes the answer adds to it, an answer that is streamed also later."""
    if "answered_rows" not in g:
        g.answered_rows = RowCount()
    rows: RowCount = g.answered_rows
    return rows


def _counted(rows: RowCount) -> dict[str, Any]:
    return {} if rows.count is None else {"rows": rows.count}
