"""The gate in front of a gRPC server, of threads and asyncio alike: what the services' own tables do not come to."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import grpc
import pytest

from service_kit.access.issuer_keys import IssuerKeys
from service_kit.access.rate_limit import RateLimit
from service_kit.access.revocations import Revocations
from service_kit.access.rules import CALLER, Gate, Rule
from service_kit.access.tokens import TokenCheck
from service_kit.errors import DomainError
from service_kit.rpc.access import AccessOfAioCalls, AccessOfCalls
from service_kit.rpc.errors import domain_status
from tests.issuer import AUDIENCE, ISSUER, Issuer
from tests.patience import PATIENCE_S

SERVICE = "tools.v1.Tools"
RULES = {f"/{SERVICE}/Use": Rule("tools:use"), f"/{SERVICE}/UseMany": Rule("tools:use")}
OPEN = "grpc.health.v1.Health"

Use = Callable[[grpc.Channel], None]


def who() -> bytes:
    caller = CALLER.get()
    return caller.subject.encode() if caller else b"nobody"


def behave(_request: bytes, _context: object) -> bytes:
    return who()


async def behave_aio(_request: bytes, _context: object) -> bytes:
    return who()


async def behave_many(requests: AsyncIterator[bytes], _context: object) -> AsyncIterator[bytes]:
    async for _ in requests:
        yield who()


def handlers(unary: Callable[..., Any], stream: Callable[..., Any] | None) -> list[grpc.GenericRpcHandler]:
    one: Any = grpc.unary_unary_rpc_method_handler(unary)
    ours = {"Use": one, "Forgotten": one}
    if stream:
        ours["UseMany"] = grpc.stream_stream_rpc_method_handler(stream)
    return [
        grpc.method_handlers_generic_handler(SERVICE, ours),
        grpc.method_handlers_generic_handler(OPEN, {"Check": one}),
    ]


def outcome(call: Callable[[], bytes]) -> str:
    try:
        return call().decode()
    except grpc.RpcError as error:
        return str(error.code().name)


def with_threads(gate: Gate, use: Use) -> None:
    server = grpc.server(ThreadPoolExecutor(2), interceptors=[RaisedAsStatus(), AccessOfCalls(gate, RULES)])
    server.add_generic_rpc_handlers(handlers(behave, None))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        use(channel)
    server.stop(None).wait()


class RaisedAsStatus(grpc.ServerInterceptor):
    """Plays the interceptor of the service that answers what was raised."""

    def intercept_service(self, continuation: Any, handler_call_details: grpc.HandlerCallDetails) -> Any:
        handler = continuation(handler_call_details)

        def answer(request: object, context: grpc.ServicerContext) -> object:
            try:
                return handler.unary_unary(request, context)
            except DomainError as error:
                context.abort_with_status(domain_status(error))

        return None if handler is None else grpc.unary_unary_rpc_method_handler(answer)


def ask(channel: grpc.Channel, method: str, token: str | None = None) -> str:
    """Who the handler was told is calling, or the name of the status."""
    use: Callable[..., bytes] = channel.unary_unary(method)
    metadata = (("authorization", f"Bearer {token}"),) if token else None
    return outcome(lambda: use(b"", timeout=PATIENCE_S, metadata=metadata))


def ask_many(channel: grpc.Channel, method: str, token: str | None, messages: int) -> str:
    """Likewise, for each message of a stream."""
    use: Callable[..., Iterator[bytes]] = channel.stream_stream(method)
    metadata = (("authorization", f"Bearer {token}"),) if token else None
    return outcome(lambda: b" ".join(use(iter([b""] * messages), timeout=PATIENCE_S, metadata=metadata)))


def with_asyncio(gate: Gate, use: Use, refusals: list[grpc.StatusCode] | None = None) -> None:
    told = [] if refusals is None else refusals

    async def serve() -> None:
        server = grpc.aio.server(interceptors=[AccessOfAioCalls(gate, RULES, told.append)])
        server.add_generic_rpc_handlers(handlers(behave_aio, behave_many))
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            await asyncio.to_thread(use, channel)
        await server.stop(None)

    asyncio.run(serve())


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def tokens(tmp_path: Path, issuer: Issuer) -> TokenCheck:
    return TokenCheck(IssuerKeys(str(issuer.write_jwks(tmp_path / "jwks.json"))), issuer=ISSUER, audience=AUDIENCE)


SERVERS = pytest.mark.parametrize("serve", [with_threads, with_asyncio])
Serve = Callable[[Gate, Use], None]


@SERVERS
def test_the_handler_is_told_who_is_calling(serve: Serve, tokens: TokenCheck, issuer: Issuer) -> None:
    def use(channel: grpc.Channel) -> None:
        for subject in ("ada", "grace"):
            for _ in range(2):  # the second time it is remembered
                assert ask(channel, f"/{SERVICE}/Use", issuer.token("tools:use", sub=subject)) == subject

    serve(Gate(tokens), use)


@SERVERS
def test_what_is_in_no_table_is_for_admins_and_what_does_not_exist_for_nobody(
    serve: Serve, tokens: TokenCheck, issuer: Issuer
) -> None:
    def use(channel: grpc.Channel) -> None:
        assert ask(channel, f"/{SERVICE}/Forgotten", issuer.token("tools:use")) == "PERMISSION_DENIED"
        assert ask(channel, f"/{SERVICE}/Forgotten", issuer.token("admin")) == "somebody"
        assert ask(channel, f"/{SERVICE}/Nothing", issuer.token("admin")) == "UNIMPLEMENTED"

    serve(Gate(tokens), use)


@SERVERS
def test_health_is_open_and_never_counted(serve: Serve, tokens: TokenCheck) -> None:
    def use(channel: grpc.Channel) -> None:
        assert {ask(channel, f"/{OPEN}/Check") for _ in range(5)} == {"nobody"}
        assert ask(channel, f"/{SERVICE}/Use") == "UNAUTHENTICATED"

    serve(Gate(tokens, RateLimit(1, 1, clock=lambda: 0.0)), use)


@SERVERS
def test_where_tokens_are_not_asked_for_addresses_are_counted(serve: Serve) -> None:
    def use(channel: grpc.Channel) -> None:
        answers = [ask(channel, f"/{SERVICE}/Use") for _ in range(3)]
        assert answers == ["nobody", "nobody", "RESOURCE_EXHAUSTED"]

    serve(Gate(None, RateLimit(1, 2, clock=lambda: 0.0)), use)


@SERVERS
def test_an_open_server_asks_for_nothing(serve: Serve) -> None:
    serve(Gate(), lambda channel: check_equal(ask(channel, f"/{SERVICE}/Use"), "nobody"))


def check_equal(found: object, expected: object) -> None:
    assert found == expected


def test_a_stream_is_admitted_once_and_told_who_is_calling(tokens: TokenCheck, issuer: Issuer) -> None:
    refusals: list[grpc.StatusCode] = []

    def use(channel: grpc.Channel) -> None:
        method = f"/{SERVICE}/UseMany"
        assert ask_many(channel, method, issuer.token("tools:use"), 3) == "somebody somebody somebody"
        assert ask_many(channel, method, issuer.token("other"), 3) == "PERMISSION_DENIED"
        assert ask_many(channel, method, None, 3) == "UNAUTHENTICATED"

    with_asyncio(Gate(tokens), use, refusals)
    assert refusals == [grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNAUTHENTICATED]


@pytest.fixture
def list_file(tmp_path: Path) -> Path:
    path = tmp_path / "revoked.json"
    path.write_text('{"revoked": []}')
    return path


@pytest.fixture
def revocable(tmp_path: Path, issuer: Issuer, list_file: Path) -> TokenCheck:
    keys = IssuerKeys(str(issuer.write_jwks(tmp_path / "jwks.json")))
    return TokenCheck(keys, issuer=ISSUER, audience=AUDIENCE, revocations=Revocations(str(list_file)))


@SERVERS
def test_a_token_that_is_taken_back_is_refused(
    serve: Serve, revocable: TokenCheck, issuer: Issuer, list_file: Path, poll_until: Callable[..., object]
) -> None:
    token = issuer.token("tools:use", jti="lost")

    def use(channel: grpc.Channel) -> None:
        assert ask(channel, f"/{SERVICE}/Use", token) == "somebody"
        list_file.write_text('{"revoked": ["lost"]}')
        poll_until(lambda: ask(channel, f"/{SERVICE}/Use", token) == "UNAUTHENTICATED")
        assert ask(channel, f"/{SERVICE}/Use", issuer.token("tools:use", jti="another")) == "somebody"

    serve(Gate(revocable), use)


def test_a_stream_ends_when_its_token_is_taken_back(revocable: TokenCheck, issuer: Issuer, list_file: Path) -> None:
    answered = Event()
    messages = 0
    ended: list[tuple[grpc.StatusCode, str]] = []

    def requests() -> Iterator[bytes]:
        yield b""
        answered.wait(PATIENCE_S)
        list_file.write_text('{"revoked": ["lost"]}')
        while True:  # until it is ended
            yield b""

    def use(channel: grpc.Channel) -> None:
        nonlocal messages
        call: Any = channel.stream_stream(f"/{SERVICE}/UseMany")
        metadata = [("authorization", f"Bearer {issuer.token('tools:use', jti='lost')}")]
        answers = call(requests(), timeout=PATIENCE_S, metadata=metadata)
        try:
            for _ in answers:
                messages += 1
                answered.set()
        except grpc.RpcError:
            ended.append((answers.code(), answers.details()))

    with_asyncio(Gate(revocable), use)
    assert ended == [(grpc.StatusCode.UNAUTHENTICATED, "the token has been taken back")]
    assert messages > 0
