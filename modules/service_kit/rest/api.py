"""Flask-RESTX with marshmallow schemas said once, and problem+json for every error::

class Persons(Resource):
    people: People

    @operation(body=NewPersonSchema(), answer=PersonSchema(), status=HTTPStatus.CREATED)
    def post(self, body: dict[str, str]) -> Person: ...

api.add(Persons, "/api/persons", people=people)
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Concatenate, NamedTuple, ParamSpec, TypeVar, cast

import flask_restx
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, Response, request
from marshmallow import Schema

from service_kit.access.rules import Gate
from service_kit.rest.audit import note_question
from service_kit.rest.documents import PROBLEM_JSON
from service_kit.rest.problem import ProblemSchema, problem_response
from service_kit.rest.schema import RestSchema, read_body, read_query

if TYPE_CHECKING:
    from apispec.ext.marshmallow.openapi import OpenAPIConverter

P = ParamSpec("P")
R = TypeVar("R", bound="Resource")
JSON = "application/json"
NO_QUERY = RestSchema()
BEARER = {
    "authorizations": {
        "bearer": {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Bearer TOKEN"}
    },
    "security": "bearer",
}
METHODS = ("get", "post", "put", "patch", "delete")


class Resource(flask_restx.Resource):  # type: ignore[misc]  # the base class has no types
    """A path of the API. What `api.add` is given by name arrives in the constructor."""

    def __init__(self, api: "RestApi", **dependencies: object) -> None:
        super().__init__(api)
        for name, dependency in dependencies.items():
            setattr(self, name, dependency)


class Answer(NamedTuple):
    content: object
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Operation:
    """What one method of a path takes and gives; the source of its Swagger documentation."""

    query: Schema | None
    body: Schema | None
    answer: Schema | None
    status: HTTPStatus
    description: str
    headers: Mapping[str, str]
    problems: frozenset[HTTPStatus]
    produces: tuple[str, ...]


def operation(  # noqa: PLR0913  each is one word of the documentation
    *,
    query: Schema | None = None,
    body: Schema | None = None,
    answer: Schema | None = None,
    status: HTTPStatus = HTTPStatus.OK,
    description: str = "Success",
    headers: Mapping[str, str] | None = None,
    problems: tuple[HTTPStatus, ...] = (),
    produces: tuple[str, ...] = (JSON,),
) -> Callable[[Callable[Concatenate[R, P], object]], Callable[Concatenate[R, P], Response]]:
    """Give a method of a Resource its manners.

    `query` and `body` are read, checked and passed on as keyword arguments of these names. Without `query` there may be
    none: nothing of it would be heeded. The method returns what `answer` is to dump, that in an Answer with headers, or
    a finished Response. `headers` describes its headers, `problems` names errors beyond those that follow from the rest
    (400, 413, 414, 415, 500, 503).
    """
    implied = {HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE}
    if query:
        implied |= {HTTPStatus.REQUEST_URI_TOO_LONG}
    if body:
        implied |= {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE}
    said = Operation(
        query, body, answer, status, description, headers or {}, frozenset(implied | set(problems)), produces
    )

    def decorate(method: Callable[Concatenate[R, P], object]) -> Callable[Concatenate[R, P], Response]:
        @wraps(method)
        def answered(self: R, /, *args: P.args, **kwargs: P.kwargs) -> Response:
            asked = read_query(query or NO_QUERY)
            if query:
                kwargs["query"] = asked
                note_question(request.args.to_dict())
            if body:
                kwargs["body"] = read_body(body)
            result = method(self, *args, **kwargs)
            if isinstance(result, Response):
                return result
            content, more_headers = result if isinstance(result, Answer) else (result, {})
            if answer is None:
                return without_content(status)
            return Response(
                json.dumps(answer.dump(content), ensure_ascii=False, separators=(",", ":")),
                status,
                more_headers,
                mimetype=produces[0],
            )

        answered.operation = said  # type: ignore[attr-defined]  # read back by RestApi.add
        return answered

    return decorate


def without_content(status: HTTPStatus) -> Response:
    response = Response(status=status)
    del response.headers["Content-Type"]  # of nothing
    return response


class RestApi(flask_restx.Api):  # type: ignore[misc]  # the base class has no types
    """Swagger UI at /, Swagger 2.0 at /swagger.json, problem+json for every error of the whole app."""

    def __init__(self, app: Flask, *, title: str, description: str, tag: str, gate: Gate) -> None:
        self.gate = gate
        app.config.update(RESTX_INCLUDE_ALL_MODELS=True, RESTX_MASK_SWAGGER=False)
        super().__init__(
            title=title,
            description=description,
            version="1",
            default=tag,
            default_label="",
            **(BEARER if gate.tokens else {}),
        )
        self.error_handlers.clear()  # those of its own mask feature, which would show in the documentation
        plugin = MarshmallowPlugin()
        self.models_of_schemas = APISpec(title, "1", "2.0", plugins=[plugin])
        self.converter = cast("OpenAPIConverter", plugin.converter)  # there once APISpec has it
        self.init_app(app)

    def error_router(self, original_handler: object, error: Exception) -> Response:
        """Answer every exception, also of routes that are not the API's."""
        del original_handler
        return problem_response(error)

    def add(self, resource: type[Resource], path: str, **dependencies: object) -> None:
        """Serve a resource; `dependencies` become attributes of its instances."""
        for name in METHODS:
            method = getattr(resource, name, None)
            if method is not None:
                method.__apidoc__ = self._documentation(method.operation)
        self.add_resource(resource, path, resource_class_kwargs=dependencies)

    def _documentation(self, said: Operation) -> dict[str, Any]:
        responses: dict[str, Any] = {
            str(said.status.value): (said.description, self._model(said.answer), {"headers": dict(said.headers)})
        }
        problems = said.problems | self._problems_of_access()
        for problem in sorted(problems):
            responses[str(problem.value)] = (problem.phrase, self._model(ProblemSchema()), {})
        documentation: dict[str, Any] = {
            "responses": responses,
            "params": self._parameters(said.query) if said.query else {},
            "produces": [*said.produces, PROBLEM_JSON],
        }
        if said.body:
            documentation["expect"] = [self._model(said.body)]
        return documentation

    def _problems_of_access(self) -> set[HTTPStatus]:
        of_tokens = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN} if self.gate.tokens else set()
        return of_tokens | ({HTTPStatus.TOO_MANY_REQUESTS} if self.gate.limit else set())

    def _parameters(self, query: Schema) -> dict[str, dict[str, Any]]:
        """Describe each parameter of a query string, which knows no null: absent is the only absence."""
        return {
            parameter["name"]: {
                key: value
                for key, value in parameter.items()
                if value is not None and key not in {"name", "x-nullable"}
            }
            for parameter in self.converter.schema2parameters(query, location="query")
        }

    def _model(self, schema: Schema | None) -> object:
        """Make the model of a schema, and of those nested in it, known to Flask-RESTX."""
        if schema is None:
            return None
        reference = self.converter.resolve_nested_schema(type(schema)())  # type: ignore[no-untyped-call]  # it has none
        for name, definition in self.models_of_schemas.to_dict()["definitions"].items():
            self.schema_model(name, definition)
        model = self.models[reference["$ref"].rpartition("/")[2]]
        return [model] if schema.many else model
