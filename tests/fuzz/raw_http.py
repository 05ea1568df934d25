"""Fuzzed HTTP requests, as bytes: paths, questions, headers, bodies, methods, and what is hardly HTTP any more.

The paths and parameters are those of the service's own specification, so that what is added to it is fuzzed too.
"""

import json
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from itertools import islice
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import requests

from tests.fuzz import texts
from tests.fuzz.mutation import mutate

WITHIN_S = 20.0
# 503 says that it is too much just now, 501 and 505 that it is no HTTP of ours. What was not thought of is 500.
ALLOWED = {*range(200, 207), 301, 302, 303, 304, 307, 308, *range(400, 452), 501, 503, 505}
CONNECTIONS = 4
PROBLEM_JSON = "application/problem+json"

TEXTS = (
    *("", "0", "1", "-1", "2", "3", "999999999", "9223372036854775807", "9223372036854775808", "1e5", "1e400", "NaN"),
    *(
        "inf",
        "0x10",
        "1.5",
        "٣",
        "ada",
        "%00",
        "\0",
        "\ud800",
        "😀",
        "ä",
        "../",
        "/",
        "//",
        ";",
        "a" * 300,
        "'",
        '"',
        "\\",
    ),
    *(
        "true",
        "null",
        "[]",
        "{}",
        "any",
        "2026-02-16",
        "2026-02-30",
        "2026-02-16T00:00:00Z",
        "0001-01-01",
        "9999-12-31",
    ),
    *texts.ZONED_TIMES,
    *("2026-02-16T00:00:00+99:99", "10000-01-01", "WzFd", "time", "distance", "600", "1000", "%", "\r\n", "\t", " "),
)
DAYS = ("2026-02-16", "2026-02-17", "2026-02-16T10:00:00Z")
METHODS = ("GET",) * 12 + ("POST",) * 6 + ("DELETE", "PUT", "PATCH", "HEAD", "OPTIONS", "TRACE", "get", "X", "PROPFIND")
BODIES = (
    *(b"", b"{}", b"[]", b"null", b"7", b'"Ada"', b"{", b"\xff\xfe", b"NaN", b'{"first_name": NaN}', b"[" * 30_000),
    *(b'{"a":' * 2000, b'{"first_name": "\\ud800", "last_name": "b", "company_name": "c"}', b"\xef\xbb\xbf{}"),
    *(b'{"first_name": "\\u0000", "last_name": "b", "company_name": "c"}', b"1" * 5000, b"x" * 70_000),
    b'{"first_name": "a", "first_name": 1, "last_name": "b", "company_name": "c"}',
)
TYPES = (
    *("application/json", "application/json", "application/json", "application/json; charset=utf-16", "text/plain"),
    *(
        "application/xml",
        "multipart/form-data; boundary=x",
        "",
        ";",
        "application/json;" * 50,
        "application/problem+json",
    ),
)
HEADERS = (
    *("Accept: */*", "Accept: application/geo+json", "Accept: application/json;q=abc", "Accept: " + "a/b," * 500),
    *("Authorization: Bearer", "Authorization: Bearer x.y.z", "Authorization: " + "x" * 5000, "Cookie: a=b; c"),
    *("Range: bytes=0-1", "If-None-Match: *", "Expect: 100-continue", "Expect: x", "Upgrade: h2c", "X-Fields: {a"),
    *("X-HTTP-Method-Override: DELETE", "Accept-Encoding: gzip;q=9", "Origin: null", "Content-Encoding: gzip"),
    *texts.HEADERS,
    *("X: \xff", "X-Forwarded-For: ' OR 1", "Traceparent: 00-0-0-0", "Host: evil", "Accept-Language: \x01"),
)
# Wrong lengths, wrong ends, two requests that pretend to be one: the connection is closed after them.
FRAMINGS = (
    *(b"Content-Length: 99999\r\n", b"Content-Length: -1\r\n", b"Content-Length: x\r\n", b"Content-Length: 1\r\n" * 2),
    *(b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip\r\n", b"Transfer-Encoding: x, chunked\r\n"),
    *(
        b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        b" folded\r\n",
        b"no colon\r\n",
        b"X" * 9000 + b": y\r\n",
    ),
    *(b"\0: y\r\n", b": y\r\n", b"a b: c\r\n", b"X: y\r\n" * 200),
)


class Operation(NamedTuple):
    method: str
    path: str  # with {names}
    parameters: tuple[str, ...]


class Raw(NamedTuple):
    octets: bytes
    method: str
    is_framed: bool  # well enough that an answer must come, and another request may follow


@dataclass
class Answers:
    codes: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return self.codes.total()


def operations(url: str) -> list[Operation]:
    """What the service says it can do."""
    specification: Mapping[str, Any] = requests.get(f"{url}/swagger.json", timeout=WITHIN_S).json()
    found = []
    for path, item in specification["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            named = [*item.get("parameters", []), *operation.get("parameters", [])]
            found.append(
                Operation(method.upper(), path, tuple(one["name"] for one in named if one.get("in") == "query"))
            )
    return [*found, *(Operation("GET", path, ()) for path in ("/", "/livez", "/readyz", "/metrics", "/swagger.json"))]


def raw_requests(random: Random, known: Sequence[Operation]) -> Iterator[Raw]:
    while True:
        yield raw_request(random, random.choice(known))


def raw_request(random: Random, operation: Operation) -> Raw:
    method = operation.method if random.random() < 0.8 else random.choice(METHODS)
    path = "/".join(segment(random, part) for part in operation.path.split("/"))
    if random.random() < 0.05:
        path = mutate(random, path.encode(), b"/api/persons/%2e%2e/\xff").decode("latin-1")
    target = (path + question(random, operation)).encode("utf-8", "surrogatepass")
    lines = [b"Host: x"]
    body = b""
    if method not in {"GET", "HEAD"} or random.random() < 0.05:
        body = person(random) if random.random() < 0.5 else random.choice(BODIES)
        if random.random() < 0.3:
            body = mutate(random, body, random.choice(BODIES))
        lines += [f"Content-Type: {random.choice(TYPES)}".encode(), b"Content-Length: %d" % len(body)]
    lines += [random.choice(HEADERS).encode("latin-1") for _ in range(random.choice((0, 0, 1, 3)))]
    head = b"%s %s HTTP/1.1\r\n" % (method.encode(), target)
    whole = head + b"\r\n".join(lines) + b"\r\n\r\n" + body
    is_framed = target.isascii() and not set(target) & set(b" \0\r\n\t") and target.startswith(b"/")
    chance = random.random()
    if chance < 0.04:
        return Raw(head + random.choice(FRAMINGS) + whole.removeprefix(head), method, is_framed=False)
    if chance < 0.08:
        return Raw(mutate(random, whole, random.choice(FRAMINGS)), method, is_framed=False)
    return Raw(whole, method, is_framed and b"Expect" not in whole)


def segment(random: Random, part: str) -> str:
    if not part.startswith("{"):
        return part
    return str(random.randint(1, 60)) if random.random() < 0.7 else quote_mostly(random, random.choice(TEXTS))


def question(random: Random, operation: Operation) -> str:
    given = []
    for name in operation.parameters:
        is_day = name.endswith("_date")
        if random.random() < (0.9 if is_day else 0.4):
            usual = is_day and random.random() < 0.8
            text = random.choice(DAYS if usual else TEXTS)
            given.append(f"{name}={quote_mostly(random, text)}")
    if random.random() < 0.1:
        given.append(f"{quote_mostly(random, random.choice(TEXTS))}={quote_mostly(random, random.choice(TEXTS))}")
    if random.random() < 0.05 and given:
        given.append(random.choice(given))
    return "?" + "&".join(given) if given else random.choice(("", "", "?", "?&&=", "?;"))


def quote_mostly(random: Random, text: str) -> str:
    return quote(text, safe="", errors="surrogatepass") if random.random() < 0.95 else text


def person(random: Random) -> bytes:
    names = ("first_name", "last_name", "company_name", *(("nickname",) if random.random() < 0.1 else ()))
    values = ("Ada", "Byron", "Looms", "Ada", "Byron", 7, None, "", " ", "x" * 101, ["a"], {"a": 1}, True, 1e308, "\0")
    one_of = random.choice((values, texts.NAMES))
    return json.dumps({name: random.choice(one_of) for name in names}).encode()


class Connection:
    """One connection that is kept as long as the server keeps it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (str(parts.hostname), int(parts.port or 80))
        self._socket: socket.socket | None = None

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def ask(self, raw: Raw) -> tuple[int, str, bytes]:
        """Status, content type and body. Raises OSError, HTTPException."""
        fresh = self._socket is None
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=WITHIN_S)
        try:
            self._socket.sendall(raw.octets)
            if not raw.is_framed:
                self._socket.shutdown(socket.SHUT_WR)
            answer = HTTPResponse(self._socket, method=raw.method)
            answer.begin()
            body = answer.read()
        except (OSError, HTTPException):
            self.close()
            if fresh:
                raise
            return self.ask(raw)  # the server may have ended a connection that was kept, at any moment
        if answer.will_close or not raw.is_framed:
            self.close()
        return answer.status, answer.headers.get("Content-Type", ""), body


def fuzz_http(url: str, random: Random, count: int, *, deleting: bool = True) -> Answers:
    """Ask so many, over several connections; each must be answered as HTTP, with a status that is no fault of ours."""
    known = operations(url)

    def stream(seeded: Random) -> Iterator[Raw]:
        return (raw for raw in raw_requests(seeded, known) if deleting or b"DELETE" not in raw.octets)

    return fuzz_streams(url, stream, random, count)


def fuzz_streams(url: str, stream: Callable[[Random], Iterator[Raw]], random: Random, count: int) -> Answers:
    """Ask what a stream of requests has, by a seed for each connection."""
    seeds = [random.randrange(2**32) for _ in range(CONNECTIONS)]
    shares = [len(range(number, count, CONNECTIONS)) for number in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="fuzz") as pool:
        parts = list(pool.map(lambda seed, share: fuzz_one(url, stream(Random(seed)), share), seeds, shares))
    whole = Answers()
    for part in parts:
        whole.codes += part.codes
        whole.problems += part.problems
    return whole


def fuzz_one(url: str, stream: Iterator[Raw], count: int) -> Answers:
    answers = Answers()
    connection = Connection(url)
    for raw in islice(stream, count):
        try:
            status, content_type, body = connection.ask(raw)
        except (OSError, HTTPException) as error:
            answers.codes["connection closed"] += 1
            if raw.is_framed or isinstance(error, TimeoutError):
                answers.problems.append(f"{type(error).__name__} instead of an answer to {raw.octets!r:.300}")
            continue
        answers.codes[str(status)] += 1
        if problem := fault(raw, status, content_type, body):
            answers.problems.append(f"{problem}, for {raw.octets!r:.300}")
    connection.close()
    return answers


def fault(raw: Raw, status: int, content_type: str, body: bytes) -> str | None:
    if status not in ALLOWED:
        return f"status {status} {body!r:.100}"
    if status < 400 or raw.method == "HEAD" or not body:
        return None
    if content_type != PROBLEM_JSON:
        return f"an error as {content_type!r}"
    try:
        said = json.loads(body)["status"]
    except (ValueError, KeyError, TypeError):
        return "an error that is no problem document"
    return None if said == status else f"a problem of {said} in an answer of {status}"
