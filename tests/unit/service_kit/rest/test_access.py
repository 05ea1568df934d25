"""The gate in front of a small API of the kit's own: who is let in, what everybody else is told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from marshmallow import fields

from service_kit.access.issuer_keys import IssuerKeys
from service_kit.access.rate_limit import RateLimit
from service_kit.access.revocations import Revocations
from service_kit.access.rules import ADMIN, Gate, Rule
from service_kit.access.tokens import TokenCheck
from service_kit.rest.access import current_caller, persons_in_path
from service_kit.rest.api import Resource, operation
from service_kit.rest.app import create_rest_app
from service_kit.rest.schema import RestSchema
from tests.issuer import AUDIENCE, ISSUER, Issuer

RULES = {
    "GET /api/tools": Rule("tools:read"),
    "GET /api/persons/{person_id}": Rule("people:read", persons_in_path),
    "DELETE /api/persons/{person_id}": Rule(ADMIN, persons_in_path, own_scope="people:write"),
}
OPEN = ["/", "/livez", "/readyz", "/metrics", "/swagger.json", "/swaggerui/swagger-ui.css"]


class SubjectSchema(RestSchema):
    subject = fields.String()


class Tools(Resource):
    @operation(answer=SubjectSchema())
    def get(self) -> dict[str, str]:
        """Who asks."""
        caller = current_caller()
        return {"subject": caller.subject if caller else ""}


class OnePerson(Resource):
    @operation(answer=SubjectSchema())
    def get(self, person_id: int) -> dict[str, str]:
        """Get."""
        return {"subject": str(person_id)}

    @operation(answer=SubjectSchema())
    def delete(self, person_id: int) -> dict[str, str]:
        """Delete."""
        return {"subject": str(person_id)}


class Forgotten(Resource):
    @operation(answer=SubjectSchema())
    def get(self) -> dict[str, str]:
        """In no table of rules."""
        return {}


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


def client_behind(gate: Gate) -> FlaskClient:
    app, api = create_rest_app(
        title="Tools", description="For tests.", tag="tools", check=lambda: None, gate=gate, rules=RULES
    )
    api.add(Tools, "/api/tools")
    api.add(OnePerson, "/api/persons/<int(signed=True):person_id>")
    api.add(Forgotten, "/api/forgotten")
    return app.test_client()


@pytest.fixture
def make_client(tmp_path: Path, issuer: Issuer) -> Callable[..., FlaskClient]:
    keys = IssuerKeys(str(issuer.write_jwks(tmp_path / "jwks.json")))
    tokens = TokenCheck(keys, issuer=ISSUER, audience=AUDIENCE)
    return lambda limit=None: client_behind(Gate(tokens, limit))


@pytest.fixture
def client(make_client: Callable[..., FlaskClient]) -> FlaskClient:
    return make_client()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("path", OPEN)
def test_what_tells_nobodys_data_stays_open(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        assert answer.status_code == 200


def test_without_a_token_one_is_told_to_bring_one(client: FlaskClient) -> None:
    answer = client.get("/api/tools")

    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="udaconnect"'
    assert answer.get_json()["detail"] == "a bearer token is needed: Authorization: Bearer TOKEN"


def test_a_token_that_is_not_good_is_said_to_be_so(client: FlaskClient, issuer: Issuer) -> None:
    answer = client.get("/api/tools", headers=bearer(issuer.token("tools:read", exp=1)))

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == (
        'Bearer realm="udaconnect", error="invalid_token", error_description="the token has expired"'
    )


def test_a_token_that_is_taken_back_is_refused(
    tmp_path: Path, issuer: Issuer, poll_until: Callable[..., object]
) -> None:
    listed = tmp_path / "revoked.json"
    listed.write_text('{"revoked": []}')
    keys = IssuerKeys(str(issuer.write_jwks(tmp_path / "jwks.json")))
    tokens = TokenCheck(keys, issuer=ISSUER, audience=AUDIENCE, revocations=Revocations(str(listed)))
    client = client_behind(Gate(tokens))
    lost, kept = (bearer(issuer.token("tools:read", jti=token_id)) for token_id in ("lost", "kept"))
    assert client.get("/api/tools", headers=lost).status_code == 200

    listed.write_text('{"revoked": ["lost"]}')
    poll_until(lambda: client.get("/api/tools", headers=lost).status_code == 401)

    assert client.get("/api/tools", headers=lost).get_json()["detail"] == "the token has been taken back"
    assert client.get("/api/tools", headers=kept).status_code == 200


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer  ", "Bearer a b", "Bearer a, Bearer b", "x", ""])
def test_a_header_of_another_form_is_refused(client: FlaskClient, header: str) -> None:
    assert client.get("/api/tools", headers={"Authorization": header}).status_code == 401


def test_a_good_token_is_let_in_whatever_the_case_of_the_scheme(client: FlaskClient, issuer: Issuer) -> None:
    token = issuer.token("tools:read", sub="robot")
    for scheme in ("Bearer", "bearer", "BEARER"):
        answer = client.get("/api/tools", headers={"Authorization": f"{scheme} {token}"})
        assert (answer.status_code, answer.get_json()) == (200, {"subject": "robot"})


def test_a_token_without_the_scope_is_told_which_one_it_lacks(client: FlaskClient, issuer: Issuer) -> None:
    answer = client.get("/api/tools", headers=bearer(issuer.token("people:read")))

    assert answer.status_code == 403
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].endswith('scope="tools:read"')
    assert answer.get_json()["detail"] == "the token lacks the scope tools:read"


@pytest.mark.parametrize(
    ("method", "path", "scopes", "person_id", "status"),
    [
        ("GET", "/api/persons/5", ["people:read"], None, 200),
        ("GET", "/api/persons/5", ["people:read"], 5, 200),
        ("HEAD", "/api/persons/5", ["people:read"], 5, 200),
        ("GET", "/api/persons/6", ["people:read"], 5, 403),
        ("HEAD", "/api/persons/6", ["people:read"], 5, 403),
        ("GET", "/api/persons/-5", ["people:read"], 5, 403),
        ("GET", "/api/persons/6", ["admin"], 5, 200),
        ("GET", "/api/tools", ["tools:read"], 5, 403),
        ("GET", "/api/tools", ["admin"], None, 200),
        ("DELETE", "/api/persons/5", ["people:write"], None, 403),
        ("DELETE", "/api/persons/5", ["people:write"], 5, 200),
        ("DELETE", "/api/persons/6", ["people:write"], 5, 403),
        ("DELETE", "/api/persons/5", ["people:read"], 5, 403),
        ("DELETE", "/api/persons/5", ["admin"], None, 200),
        ("GET", "/api/forgotten", ["tools:read", "people:read"], None, 403),
        ("GET", "/api/forgotten", ["admin"], None, 200),
        ("POST", "/api/tools", ["tools:read"], None, 405),
        ("GET", "/nowhere", [], None, 404),
    ],
)
def test_who_may_do_what(  # noqa: PLR0913, PLR0917  a row of the table
    client: FlaskClient, issuer: Issuer, method: str, path: str, scopes: list[str], person_id: int | None, status: int
) -> None:
    token = issuer.token(*scopes, person_id=person_id)
    assert client.open(path, method=method, headers=bearer(token)).status_code == status


def test_above_the_rate_one_is_told_when_to_come_again(make_client: Callable[..., FlaskClient], issuer: Issuer) -> None:
    client = make_client(RateLimit(0.5, 2, clock=lambda: 0.0))
    token = bearer(issuer.token("tools:read", sub="eager"))
    statuses = [client.get("/api/tools", headers=token).status_code for _ in range(3)]
    answer = client.get("/api/tools", headers=token)

    assert statuses == [200, 200, 429]
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["Retry-After"] == "2"
    # A new token of the same subject is the same caller; another subject is not, and probes are never counted.
    assert client.get("/api/tools", headers=bearer(issuer.token("tools:read", sub="eager", jti="2"))).status_code == 429
    assert client.get("/api/tools", headers=bearer(issuer.token("tools:read", sub="other"))).status_code == 200
    assert {client.get("/livez").status_code for _ in range(9)} == {200}


def test_where_tokens_are_not_asked_for_addresses_are_counted() -> None:
    client = client_behind(Gate(None, RateLimit(1, 1, clock=lambda: 0.0)))
    statuses = [
        client.get("/api/tools", environ_base={"REMOTE_ADDR": address}).status_code
        for address in ("192.0.2.1", "192.0.2.1", "192.0.2.2")
    ]
    assert statuses == [200, 429, 200]


def test_an_open_service_asks_for_nothing() -> None:
    assert client_behind(Gate()).get("/api/forgotten").status_code == 200


def documented(client: FlaskClient) -> Any:
    return client.get("/swagger.json").get_json()


def test_the_documentation_says_what_is_asked_for(make_client: Callable[..., FlaskClient]) -> None:
    guarded = documented(make_client(RateLimit(1, 1)))
    assert guarded["securityDefinitions"]["bearer"]["name"] == "Authorization"
    assert guarded["security"] == [{"bearer": []}]
    assert {"401", "403", "429"} <= guarded["paths"]["/api/tools"]["get"]["responses"].keys()

    opened = documented(client_behind(Gate()))
    assert "securityDefinitions" not in opened
    assert not {"401", "403", "429"} & opened["paths"]["/api/tools"]["get"]["responses"].keys()


@pytest.mark.parametrize("path", ["/api/tools", "/livez", "/", "/nowhere"])
def test_pages_of_other_origins_are_told_nothing(client: FlaskClient, path: str) -> None:
    asked = {"Origin": "https://evil.test", "Access-Control-Request-Method": "GET"}
    for method in ("GET", "OPTIONS", "HEAD", "POST"):
        answer = client.open(path, method=method, headers=asked)
        assert not [name for name in answer.headers.keys() if name.startswith("Access-Control-")]  # noqa: SIM118  pairs
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_only_the_swagger_page_may_run_scripts_and_only_its_own(client: FlaskClient) -> None:
    assert "script-src" not in client.get("/swagger.json").headers["Content-Security-Policy"]
    policy = client.get("/").headers["Content-Security-Policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert scripts.startswith("script-src 'self' 'sha256-")
    assert "unsafe" not in scripts
