from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_kit.errors import InvalidInput
from service_kit.rest.cursor import decode_cursor, encode_cursor

BIGINTS = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(BIGINTS, min_size=1, max_size=3))
def test_a_cursor_gives_back_its_key(key: list[int]) -> None:
    assert decode_cursor(encode_cursor(*key), len(key)) == tuple(key)


@given(BIGINTS)
def test_a_cursor_needs_no_quoting_in_a_url(key: int) -> None:
    assert set(encode_cursor(key)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(st.text())
def test_any_text_is_a_cursor_or_refused_by_name(text: str) -> None:
    try:
        key = decode_cursor(text, 1)
    except InvalidInput as error:
        assert [violation.field for violation in error.violations] == ["cursor"]  # noqa: PT017  both ways are right
    else:
        assert encode_cursor(*key) == text


@pytest.mark.parametrize(
    "forged", ["[1,2]", "[]", "{}", "1", "null", '["1"]', "[true]", "[1.0]", "[NaN]", f"[{2**63}]", "[" * 5000, "[ 1]"]
)
def test_a_forged_cursor_is_refused(forged: str) -> None:
    with pytest.raises(InvalidInput, match="page_token is not one that this service gave"):
        decode_cursor(urlsafe_b64encode(forged.encode()).decode().rstrip("="), 1, field="page_token")


def test_a_damaged_cursor_is_refused() -> None:
    with pytest.raises(InvalidInput):
        decode_cursor(encode_cursor(7) + "!", 1)
