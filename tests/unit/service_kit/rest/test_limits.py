"""A request gets a thread when it is whole: neither before nor never."""

import pytest
from gunicorn.http.errors import LimitRequestHeaders  # type: ignore[import-untyped]  # it ships no types

from service_kit.rest.limits import BODY_MAX_BYTES, HEAD_MAX_BYTES, is_whole

GET = b"GET / HTTP/1.1\r\nHost: here\r\n"
CHUNKED = GET + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "heard",
    [
        GET + b"\r\n",
        GET + b"Content-Length: 0\r\n\r\n",
        GET + b"content-length:  2 \r\nX: 1\r\n\r\n{}",
        GET + b"Content-Length: 2\r\n\r\n{}GET / HT",
        CHUNKED + b"2\r\n{}\r\n0\r\n\r\n",
        CHUNKED + b"0\r\n\r\n",
        CHUNKED + b"2\r\n{}\r\n0;name=value\r\nTrailer: 1\r\n\r\n",
        GET + b"Content-Length: 100000000\r\n\r\n",
        GET + b"Content-Length: two\r\n\r\n",
        CHUNKED + b"x" * (BODY_MAX_BYTES + 1),
    ],
    ids=[
        "no body",
        "empty body",
        "whole body",
        "and a part of the next one",
        "last chunk",
        "only a last chunk",
        "last chunk with extension and trailer",
        "announced too large",
        "nonsense for a length",
        "chunks too large",
    ],
)
def test_it_can_be_answered(heard: bytes) -> None:
    assert is_whole(heard)


@pytest.mark.parametrize(
    "heard",
    [
        b"",
        b"G",
        GET,
        GET + b"\r",
        GET + b"Content-Length: 2\r\n\r\n{",
        CHUNKED,
        CHUNKED + b"2\r\n{}\r\n",
        CHUNKED + b"2\r\n{}\r\n0\r\n",
        CHUNKED + b"2\r\n{}\r\n0\r\nTrailer: 1\r\n",
    ],
)
def test_more_is_to_come(heard: bytes) -> None:
    assert not is_whole(heard)


def test_every_prefix_of_a_request_waits_for_the_rest() -> None:
    for request in (GET + b"Content-Length: 5\r\n\r\n12345", CHUNKED + b"5\r\n12345\r\n0\r\n\r\n"):
        assert not any(is_whole(request[:length]) for length in range(len(request)))
        assert is_whole(request)


def test_a_head_without_an_end_is_no_request() -> None:
    with pytest.raises(LimitRequestHeaders):
        is_whole(GET + b"x" * HEAD_MAX_BYTES)
