"""What a person and the questions about persons look like: read, checked, written and documented from here."""

from marshmallow import fields

from service_kit.rest.fields import QueryCursor, QueryInteger, Text, between
from service_kit.rest.schema import RestSchema

NAME_MAX_CHARACTERS = 100
QUERY_MAX_CHARACTERS = 200
PAGE_MAX = 1_000
PAGE_DEFAULT = 100


class NewPersonSchema(RestSchema):
    first_name = Text(shortest=1, longest=NAME_MAX_CHARACTERS, required=True)
    last_name = Text(shortest=1, longest=NAME_MAX_CHARACTERS, required=True)
    company_name = Text(shortest=1, longest=NAME_MAX_CHARACTERS, required=True)


class PersonSchema(RestSchema):
    id = fields.Integer(required=True, metadata={"format": "int64", "minimum": 1})
    first_name = fields.String(required=True)
    last_name = fields.String(required=True)
    company_name = fields.String(required=True)


class PersonsQuerySchema(RestSchema):
    q = Text(
        longest=QUERY_MAX_CHARACTERS,
        load_default="",
        description="Parts of the first, last or company name, in any case; every word must be found.",
    )
    limit = QueryInteger(
        load_default=PAGE_DEFAULT, validate=between(1, PAGE_MAX), metadata={"description": "Persons on a page."}
    )
    cursor = QueryCursor(1)
