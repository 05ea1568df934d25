"""Who is named by the audit's line, and that no LOG_LEVEL silences it."""

import logging
from http import HTTPStatus
from typing import Any

import pytest
from structlog.testing import capture_logs

from service_kit.access.rules import PEOPLE_WRITE, Gate, Rule
from service_kit.access.tokens import Caller
from service_kit.errors import NotAuthenticated
from service_kit.rest.access import persons_in_path
from service_kit.rest.api import Resource, operation
from service_kit.rest.app import create_rest_app
from service_kit.rest.audit import audit

RULES = {"DELETE /people/{person_id}": Rule(PEOPLE_WRITE, persons_in_path)}


class Badges(Gate):
    """Knows one token."""

    @property
    def is_open(self) -> bool:
        return False

    def identify(self, authorization: str | None) -> Caller | None:
        if authorization != "Bearer alice":
            raise NotAuthenticated("who are you?")
        return Caller("alice", frozenset({PEOPLE_WRITE}), 7, 2e9)


class One(Resource):
    @operation(status=HTTPStatus.NO_CONTENT)
    def delete(self, person_id: int) -> None:
        """Erase."""


def entries(gate: Gate | None, path: str = "/people/7", **headers: str) -> list[Any]:
    app, api = create_rest_app(title="t", description="", tag="t", check=lambda: None, gate=gate, rules=RULES)
    api.add(One, "/people/<int:person_id>")
    audit(app, {"DELETE"})
    with capture_logs() as logs:
        app.test_client().delete(path, headers=headers).close()
    return [(entry["who"], entry["status"]) for entry in logs if entry["event"] == "audit"]


@pytest.mark.parametrize(
    ("gate", "headers", "entry"),
    [
        (None, {}, ("address 127.0.0.1", 204)),
        (Badges(), {"Authorization": "Bearer alice"}, ("token alice", 204)),
        (Badges(), {"Authorization": "Bearer mallory"}, ("address 127.0.0.1", 401)),
    ],
)
def test_it_names_the_token_or_the_address(gate: Gate | None, headers: dict[str, str], entry: tuple[str, int]) -> None:
    assert entries(gate, **headers) == [entry]


def test_whoever_tries_what_the_token_is_not_good_for_is_named_too() -> None:
    assert entries(Badges(), "/people/8", Authorization="Bearer alice") == [("token alice", 403)]


def test_a_path_without_a_person_is_not_audited() -> None:
    assert entries(None, "/people/x") == []


def test_it_is_written_at_every_log_level() -> None:
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.ERROR)
    try:
        entries(None)
        assert logging.getLogger("audit").isEnabledFor(logging.INFO)
    finally:
        root.setLevel(before)
