"""A small API of the kit's own, and everything that may go wrong with it."""

import io
import json
from http import HTTPStatus
from typing import Any

import flask_restx.schemas
import pytest
from flask.testing import FlaskClient
from marshmallow import fields
from structlog.testing import capture_logs

from service_kit.errors import DependencyDown, NotFound
from service_kit.rest.api import Answer, Resource, operation
from service_kit.rest.app import create_rest_app
from service_kit.rest.cursor import next_page
from service_kit.rest.fields import QueryInteger, Text, between
from service_kit.rest.limits import BODY_MAX_BYTES
from service_kit.rest.schema import RestSchema

SECRET = "what only the log may hold"  # noqa: S105  it opens nothing


class OriginSchema(RestSchema):
    town = Text(longest=20)


class NewToolSchema(RestSchema):
    name = Text(shortest=1, longest=20, required=True)
    origin = fields.Nested(OriginSchema)


class ToolSchema(NewToolSchema):
    id = fields.Integer(required=True)


class ToolsQuerySchema(RestSchema):
    limit = QueryInteger(load_default=2, validate=between(1, 9), metadata={"description": "How many."})


class Tools(Resource):
    tools: list[dict[str, Any]]

    @operation(query=ToolsQuerySchema(), answer=ToolSchema(many=True), headers={"Link": "the next page"})
    def get(self, query: dict[str, Any]) -> Answer:
        """List tools."""
        return Answer(self.tools[: query["limit"]], next_page("abc"))

    @operation(body=NewToolSchema(), answer=ToolSchema(), status=HTTPStatus.CREATED)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Add a tool."""
        return {"id": 1, **body}


class OneTool(Resource):
    failures: dict[int, Exception]

    @operation(answer=ToolSchema(), problems=(HTTPStatus.NOT_FOUND,))
    def get(self, tool_id: int) -> dict[str, Any]:
        """Get a tool."""
        raise self.failures[tool_id]


@pytest.fixture
def down() -> list[str]:
    """Names of what the service needs and does not have."""
    return []


@pytest.fixture
def client(down: list[str]) -> FlaskClient:
    def check() -> None:
        for name in down:
            raise DependencyDown(name)

    app, api = create_rest_app(title="Tools", description="For tests.", tag="tools", check=check)
    api.add(Tools, "/api/tools", tools=[{"id": 1, "name": "saw"}, {"id": 2, "name": "axe"}, {"id": 3, "name": "awl"}])
    failures = {1: NotFound("tool 1"), 2: DependencyDown("the shed"), 3: ZeroDivisionError(SECRET)}
    api.add(OneTool, "/api/tools/<int:tool_id>", failures=failures)
    return app.test_client()


def test_an_answer_is_what_its_schema_writes(client: FlaskClient) -> None:
    assert json.loads(client.get("/api/tools").data) == [{"id": 1, "name": "saw"}, {"id": 2, "name": "axe"}]


def test_the_link_to_the_next_page_keeps_the_other_parameters(client: FlaskClient) -> None:
    assert client.get("/api/tools?limit=1").headers["Link"] == '</api/tools?limit=1&cursor=abc>; rel="next"'


def test_a_body_is_read_by_its_schema(client: FlaskClient) -> None:
    answer = client.post("/api/tools", json={"name": " saw "})

    assert (answer.status_code, json.loads(answer.data)) == (201, {"id": 1, "name": "saw"})


@pytest.mark.parametrize(
    ("method", "path", "status", "detail"),
    [
        ("GET", "/api/tools/1", 404, "tool 1 does not exist"),
        ("GET", "/api/tools/2", 503, "the shed does not answer, try again later"),
        ("GET", "/api/tools/3", 500, "the service failed unexpectedly; the failure has been logged"),
        ("GET", "/nothing/here", 404, "there is nothing at this path"),
        ("GET", "/api/tools/", 404, "there is nothing at this path"),
        ("GET", "//api/tools", 404, "there is nothing at this path"),
        ("GET", "/api/tools/saw", 404, "there is nothing at this path"),
        ("GET", "/api/tools?limit=0", 400, "limit must be between 1 and 9, is 0"),
        ("GET", "/api/tools?limit=1&limit=2", 400, "limit must be given once"),
        ("GET", "/api/tools?page=1", 400, "page is not known here"),
        ("GET", "/api/tools/1?page=1", 400, "page is not known here"),
        ("DELETE", "/api/tools/1", 405, "allowed here: GET, HEAD, OPTIONS"),
        ("POST", "/livez", 405, "allowed here: GET, HEAD, OPTIONS"),
    ],
)
def test_every_error_is_a_problem_document(
    client: FlaskClient, method: str, path: str, status: int, detail: str
) -> None:
    answer = client.open(path, method=method)

    assert answer.mimetype == "application/problem+json"
    assert answer.status_code == status
    problem = json.loads(answer.data)
    problem.pop("errors", None)
    assert problem == {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}


def test_invalid_input_is_told_field_by_field(client: FlaskClient) -> None:
    answer = client.post("/api/tools", json={"name": "", "origin": {"town": 7}, "\ud800": 1})

    assert json.loads(answer.data)["errors"] == [
        {"field": "name", "reason": "must have 1 to 20 characters besides white space around it"},
        {"field": "origin.town", "reason": "must be a text"},
        {"field": "\\ud800", "reason": "is not known here"},
    ]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b'{"name": NaN}', b"[" * 60_000, b"9" * 5_000, b'{"name": "saw"', b"'saw'"]
)
def test_malformed_json_is_the_callers_fault(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/api/tools", data=body, content_type="application/json")

    assert answer.status_code == 400
    assert json.loads(answer.data)["errors"] == [{"field": "body", "reason": "must be well-formed JSON in UTF-8"}]


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/xml", "multipart/form-data"])
def test_a_body_of_another_type_is_refused(client: FlaskClient, content_type: str | None) -> None:
    answer = client.post("/api/tools", data=b'{"name": "saw"}', content_type=content_type)

    assert answer.status_code == 415
    assert json.loads(answer.data)["detail"] == "the body must be application/json"


def test_a_body_too_large_is_refused(client: FlaskClient) -> None:
    answer = client.post("/api/tools", json={"name": "s" * BODY_MAX_BYTES})

    assert answer.status_code == 413
    assert answer.mimetype == "application/problem+json"


def test_a_body_in_chunks_has_the_same_limit(client: FlaskClient) -> None:
    chunks = io.BytesIO(b'{"name": "saw"}' + b" " * BODY_MAX_BYTES)
    answer = client.post(
        "/api/tools",
        input_stream=chunks,
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )

    assert answer.status_code == 413


def test_what_fails_unexpectedly_is_logged_and_not_told(client: FlaskClient) -> None:
    with capture_logs() as logs:
        answer = client.get("/api/tools/3")

    assert SECRET not in answer.text
    (entry,) = logs
    assert (entry["event"], entry["log_level"], entry["path"]) == ("unexpected", "error", "/api/tools/3")
    assert str(entry["exc_info"]) == SECRET


def test_a_dependency_that_is_down_is_logged_as_a_warning(client: FlaskClient) -> None:
    with capture_logs() as logs:
        client.get("/api/tools/2")

    assert [(entry["log_level"], entry["event"]) for entry in logs] == [("warning", "dependency down")]


@pytest.mark.parametrize("path", ["/api/tools", "/api/tools/1", "/nothing", "/livez", "/"])
def test_every_answer_forbids_sniffing_framing_and_storing(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"


def test_live_is_not_ready(client: FlaskClient, down: list[str]) -> None:
    assert (client.get("/livez").status_code, client.get("/readyz").status_code) == (200, 200)
    down.append("the database")

    assert (client.get("/livez").status_code, client.get("/readyz").status_code) == (200, 503)


def test_the_swagger_document_is_valid(client: FlaskClient) -> None:
    assert flask_restx.schemas.validate(json.loads(client.get("/swagger.json").data))


def test_the_page_at_the_root_loads_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = client.get("/").text

    assert "SwaggerUIBundle" in page
    assert 'src="http' not in page
    assert 'href="http' not in page
    with client.get("/swaggerui/swagger-ui-bundle.js") as script:
        assert script.status_code == 200


def test_the_models_are_those_of_the_schemas(client: FlaskClient) -> None:
    definitions = json.loads(client.get("/swagger.json").data)["definitions"]

    assert definitions["NewTool"]["required"] == ["name"]
    assert definitions["NewTool"]["additionalProperties"] is False
    assert definitions["NewTool"]["properties"]["name"]["maxLength"] == 20
    assert definitions["NewTool"]["properties"]["origin"] == {"$ref": "#/definitions/Origin"}
    assert "Origin" in definitions


def test_the_parameters_are_those_of_the_schema(client: FlaskClient) -> None:
    (limit,) = json.loads(client.get("/swagger.json").data)["paths"]["/api/tools"]["get"]["parameters"]

    assert limit == {
        "name": "limit",
        "in": "query",
        "type": "integer",
        "required": False,
        "default": 2,
        "minimum": 1,
        "maximum": 9,
        "description": "How many.",
    }


@pytest.mark.parametrize(
    ("path", "method", "statuses"),
    [
        ("/api/tools", "get", {"200", "400", "414", "500", "503"}),
        ("/api/tools", "post", {"201", "400", "413", "415", "500", "503"}),
        ("/api/tools/{tool_id}", "get", {"200", "400", "404", "500", "503"}),
    ],
)
def test_every_status_is_documented(client: FlaskClient, path: str, method: str, statuses: set[str]) -> None:
    documented = json.loads(client.get("/swagger.json").data)["paths"][path][method]

    assert documented["responses"].keys() == statuses
    assert "application/problem+json" in documented["produces"]
    assert all(
        response["schema"] == {"$ref": "#/definitions/Problem"}
        for status, response in documented["responses"].items()
        if status >= "400"
    )
