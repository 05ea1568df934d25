import re

import pytest
from marshmallow import fields

from service_kit.errors import InvalidInput
from service_kit.rest.cursor import encode_cursor
from service_kit.rest.fields import QueryCursor, QueryInteger, QueryNumber, Text, between
from service_kit.rest.schema import RestSchema, load


class NameSchema(RestSchema):
    name = Text(shortest=1, longest=5, required=True)


class LongNameSchema(RestSchema):
    name = Text(shortest=1, longest=50, required=True)


class SearchSchema(RestSchema):
    limit = QueryInteger(load_default=10, validate=between(1, 100))
    distance = QueryNumber(load_default=5.0)
    cursor = QueryCursor(2)


class TeamSchema(RestSchema):
    leader = fields.Nested(NameSchema, required=True)


def violations(schema: RestSchema, document: object) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught:
        load(schema, document)
    return [(field, reason) for field, reason in caught.value.violations]


@pytest.mark.parametrize(
    ("text", "kept"), [("Ada", "Ada"), (" \tAda\n", "Ada"), ("  12345  ", "12345"), ("😀" * 5,) * 2]
)
def test_text_loses_the_white_space_around_it(text: str, kept: str) -> None:
    assert load(NameSchema(), {"name": text}) == {"name": kept}


@pytest.mark.parametrize("text", ["", " ", "\n\t\u00a0", "123456", "😀" * 6])
def test_text_too_short_or_too_long_is_refused(text: str) -> None:
    assert violations(NameSchema(), {"name": text}) == [
        ("name", "must have 1 to 5 characters besides white space around it")
    ]


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "a\udfff", "\x00"])
def test_text_that_no_database_stores_is_refused(text: str) -> None:
    assert violations(NameSchema(), {"name": text}) == [("name", "must not contain NUL characters or lone surrogates")]


@pytest.mark.parametrize("value", [1, 1.5, True, [], {}, ["Ada"]])
def test_what_is_no_text_is_refused(value: object) -> None:
    assert violations(NameSchema(), {"name": value}) == [("name", "must be a text")]


def test_every_violation_is_named_at_once() -> None:
    assert violations(NameSchema(), {"age": 7}) == [("name", "is missing"), ("age", "is not known here")]


def test_a_field_within_another_is_named_by_its_path() -> None:
    assert violations(TeamSchema(), {"leader": {"name": None}}) == [("leader.name", "must not be null")]


@pytest.mark.parametrize("document", [[], [{}], 1, "text", None, True])
def test_a_body_that_is_no_object_is_refused(document: object) -> None:
    assert violations(NameSchema(), document) == [("body", "must be an object")]


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("+7", 7), ("007", 7), ("100", 100)])
def test_a_whole_number_of_a_query_is_read(text: str, number: int) -> None:
    assert load(SearchSchema(), {"limit": text})["limit"] == number


@pytest.mark.parametrize("text", ["", " 1", "1.0", "1e1", "1_0", "\u0661", "ten", "0x1", "9" * 5000])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    ((field, reason),) = violations(SearchSchema(), {"limit": text})

    assert field == "limit"
    assert reason.startswith("must be a whole number, is ")
    assert len(reason) < 100


@pytest.mark.parametrize("text", ["0", "-1", "101"])
def test_a_number_outside_its_range_is_refused_with_its_value(text: str) -> None:
    assert violations(SearchSchema(), {"limit": text}) == [("limit", f"must be between 1 and 100, is {text}")]


@pytest.mark.parametrize(("text", "number"), [("5", 5.0), ("0.4", 0.4), (".5", 0.5), ("1e2", 100.0), ("-1", -1.0)])
def test_a_number_of_a_query_is_read(text: str, number: float) -> None:
    assert load(SearchSchema(), {"distance": text})["distance"] == number


@pytest.mark.parametrize("text", ["", "nan", "inf", "-Infinity", "1e999", "5 m", "1_0", "0x1p3"])
def test_what_is_no_finite_number_is_refused(text: str) -> None:
    assert violations(SearchSchema(), {"distance": text}) == [("distance", f"must be a number, is {text}")]


def test_the_first_page_has_no_cursor() -> None:
    assert load(SearchSchema(), {})["cursor"] is None


def test_a_cursor_is_read_as_its_key() -> None:
    assert load(SearchSchema(), {"cursor": encode_cursor(3, 4)})["cursor"] == (3, 4)


def test_a_bad_cursor_is_named_together_with_the_rest() -> None:
    assert violations(SearchSchema(), {"cursor": "garbage", "limit": "0"}) == [
        ("limit", "must be between 1 and 100, is 0"),
        ("cursor", "is not one that this service gave"),
    ]


@pytest.mark.parametrize(
    "unseen",
    ["\x1b[31m", "\x07", "\t", "\n", "\x7f", "\x9b", "\xad", "\u200b", "\u202e", "\u2066", "\ufeff", "\U000e0041"],
)
def test_a_name_holds_nothing_that_cannot_be_seen(unseen: str) -> None:
    with pytest.raises(InvalidInput, match="must not contain control or invisible characters"):
        load(LongNameSchema(), {"name": f"a{unseen}b"})


@pytest.mark.parametrize("blank", ["\u200d", "\u200c \u200c", "\u3164", "\u2800\u2800", "\uffa0"])
def test_a_name_shows_something(blank: str) -> None:
    with pytest.raises(InvalidInput, match="must not contain control or invisible characters"):
        load(LongNameSchema(), {"name": blank})
    assert not re.search(LongNameSchema().fields["name"].metadata["pattern"], blank)
    assert load(LongNameSchema(), {"name": f"a{blank}"})


@pytest.mark.parametrize("name", ["Byron [/lab]", "می‌خواهم", "क्‍ष", "O'Neil-李", "Ada\n", " Zoë ", "👩‍🔬"])
def test_names_of_all_the_world_are_taken(name: str) -> None:
    assert load(LongNameSchema(), {"name": name})["name"] == name.strip()


def test_the_pattern_that_is_documented_says_the_same() -> None:
    pattern = LongNameSchema().fields["name"].metadata["pattern"]
    assert re.search(pattern, " Byron [/lab]\n")
    assert not re.search(pattern, "By\x1bron")
    assert not re.search(pattern, "By\U000e0041ron")
