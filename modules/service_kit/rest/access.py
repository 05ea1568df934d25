"""The gate before every REST call: 401 without a good token, 403 for what it does not allow, 429 above the rate."""

import re
from typing import Final

from flask import Flask, g, request
from werkzeug.routing import Rule as UrlRule

from service_kit.access.rules import ADMIN, Gate, Rule, Rules
from service_kit.access.tokens import Caller

# What tells nobody's data. Whatever else is served, now or later, is behind the gate.
OPEN: Final = frozenset({"/", "/livez", "/readyz", "/metrics", "/swagger.json", "/swaggerui/<path:filename>"})

UNLISTED: Final = Rule(ADMIN)
"""For a path that somebody has forgotten to put into the service's table."""


def persons_in_path(path_variables: dict[str, int]) -> list[int]:
    """Rule.persons of a path that names its person."""
    return [path_variables["person_id"]]


def guard(app: Flask, gate: Gate, rules: Rules) -> None:
    """Ask the gate before each request of a known path that is not OPEN."""
    if gate.is_open:
        return

    @app.before_request
    def ask() -> None:
        if request.url_rule is None or request.url_rule.rule in OPEN or request.method == "OPTIONS":
            return
        g.caller = gate.identify(request.headers.get("Authorization"))
        gate.count(g.caller, request.remote_addr or "")
        if g.caller is not None:
            rules.get(call_name(request.method, request.url_rule), UNLISTED).check(g.caller, request.view_args or {})


def call_name(method: str, url_rule: UrlRule) -> str:
    """As the table of rules writes it: "GET /api/persons/{person_id}"; who may GET may ask for the HEAD of it."""
    path = re.sub(r"<(?:[^<>]*:)?([^<>:]+)>", r"{\1}", url_rule.rule)
    return f"{'GET' if method == 'HEAD' else method} {path}"


def current_caller() -> Caller | None:
    """Whose token came with the request at hand; None where tokens are not asked for."""
    caller: Caller | None = g.get("caller")
    return caller
