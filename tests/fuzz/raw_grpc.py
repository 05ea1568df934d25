"""Fuzzed gRPC calls, as bytes: damaged messages to every method and to none, metadata, broken HTTP/2."""

import socket
import struct
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

import grpc
from udaconnect.location.v1 import location_pb2
from udaconnect.person.v1 import person_pb2

from tests.fuzz.mutation import mutate
from tests.fuzz.wire_forms import INTEGERS, Writer, block, groups, nested, tag, varint

CALLS_AT_ONCE = 16
WITHIN_S = 20.0
BROKEN_ONE_IN = 50  # connections that are no HTTP/2, or not for long

C = grpc.StatusCode
ALLOWED = {
    *(C.OK, C.INVALID_ARGUMENT, C.NOT_FOUND, C.UNIMPLEMENTED, C.RESOURCE_EXHAUSTED),
    *(C.UNAUTHENTICATED, C.PERMISSION_DENIED),
}
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
REFLECTION = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
STREAMS = ("/udaconnect.location.v1.LocationService/StreamLocations", REFLECTION, "/grpc.health.v1.Health/Watch")
NO_METHODS = (
    *("/", "//", "/x", "/udaconnect.location.v1.LocationService/", "/udaconnect.location.v1.LocationService/Delete"),
    *("/udaconnect.person.v1.PersonService/../x", "/grpc.health.v1.Health/List%00", "/" + "a" * 4000),
)


class Call(NamedTuple):
    method: str
    messages: tuple[bytes, ...]  # several for a stream
    metadata: tuple[tuple[str, str | bytes], ...]


@dataclass
class Answers:
    codes: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    accepted: int = 0  # locations that the producer said it has taken

    @property
    def requests(self) -> int:
        return self.codes.total()


def location_calls(random: Random, seconds: Callable[[], int], people: Sequence[int]) -> Iterator[Call]:
    """Calls of the location_producer, endless."""
    service = "/udaconnect.location.v1.LocationService/"
    writer = Writer(random, seconds, lambda: random.choice(people))
    good = location_pb2.BatchCreateLocationsRequest()
    for _ in range(3):
        location = good.locations.add(person_id=people[0], latitude=48.0, longitude=11.0, accuracy_m=5.0)
        location.creation_time.seconds = seconds()
    wire = good.SerializeToString()

    def message() -> bytes:
        chance = random.random()
        if chance < 0.5:
            return writer.batch([writer.location() for _ in range(random.choice((0, 1, 1, 2, 20)))])
        if chance < 0.9:
            return mutate(random, wire, writer.batch([writer.location()]))
        if chance < 0.999:
            return anything(random)
        return block(1, b"") * random.choice((10_000, 10_001, 100_000))

    yield from calls(
        random, [*(service + name for name in ("CreateLocation", "BatchCreateLocations", "StreamLocations"))], message
    )


def person_calls(random: Random) -> Iterator[Call]:
    """Calls of the person_service, endless."""
    service = "/udaconnect.person.v1.PersonService/"
    texts = ("Ada", "", " ", "\0", "ä" * 50, "x" * 101, "%_\\", "'; DROP TABLE person", "\u202e", "😀" * 100, "\ufeff")
    seeds = [
        person_pb2.CreatePersonRequest(first_name="Ada", last_name="Byron", company_name="Looms").SerializeToString(),
        person_pb2.GetPersonRequest(id=1).SerializeToString(),
        person_pb2.BatchGetPersonsRequest(ids=[1, 2, 3, 2**63 - 1, -1]).SerializeToString(),
        person_pb2.BatchGetPersonsRequest(ids=range(10_001)).SerializeToString(),
        person_pb2.ListPersonsRequest(query="a", page_size=10, page_token="WzFd").SerializeToString(),  # noqa: S106  the token of a page
    ]

    def field_() -> bytes:
        number = random.randint(1, 4)
        if random.random() < 0.5:
            return block(number, random.choice(texts).encode() if random.random() < 0.9 else random.randbytes(6))
        return tag(number, 0) + varint(random.choice(INTEGERS))

    def message() -> bytes:
        chance = random.random()
        if chance < 0.4:
            return b"".join(field_() for _ in range(random.randint(0, 4)))
        if chance < 0.9:
            return mutate(random, random.choice(seeds), random.choice(seeds))
        return anything(random)

    names = ("CreatePerson", "GetPerson", "BatchGetPersons", "ListPersons")
    yield from calls(random, [*(service + name for name in names)], message)


def anything(random: Random) -> bytes:
    return random.choice(
        (b"", b"\0", b"\xff" * 20, random.randbytes(random.choice((1, 10, 1000))), groups(200), nested(150))
    )


def calls(random: Random, methods: Sequence[str], message: Callable[[], bytes]) -> Iterator[Call]:
    others = ("/grpc.health.v1.Health/Check", *STREAMS[1:], *NO_METHODS)
    while True:
        method = random.choice(methods) if random.random() < 0.95 else random.choice(others)
        count = random.choice((0, 1, 2, 5)) if method in STREAMS else 1
        yield Call(method, tuple(message() for _ in range(count)), metadata(random))


def metadata(random: Random) -> tuple[tuple[str, str | bytes], ...]:
    if random.random() < 0.8:
        return ()
    choices: tuple[tuple[str, str | bytes], ...] = (
        ("authorization", "Bearer"),
        ("authorization", "Bearer " + "x" * random.choice((1, 100, 3000))),
        ("authorization", "Basic dXNlcjpwYXNz"),
        ("traceparent", "00-zz-zz-zz"),
        ("x-bin", random.randbytes(20)),
        ("grpc-timeout-bin", b"\xff"),
        ("x" * 200, " "),
        ("user-agent", "%00"),
        ("content-language", "%09"),
        ("x-large", "y" * 6000),
    )
    return tuple(random.choice(choices) for _ in range(random.randint(1, 3)))


def fuzz_grpc(target: str, stream_of_calls: Iterator[Call], random: Random, count: int) -> Answers:
    """Make so many calls; whatever comes must be answered with a status that says whose fault it was."""
    answers = Answers()
    options = [("grpc.max_receive_message_length", -1), ("grpc.enable_http_proxy", 0)]
    with (
        grpc.insecure_channel(target, options=options) as channel,
        ThreadPoolExecutor(CALLS_AT_ONCE, thread_name_prefix="fuzz") as pool,
    ):
        done = 0
        while done < count:
            part = [next(stream_of_calls) for _ in range(min(2000, count - done))]
            for number, (call, answer) in enumerate(
                zip(part, pool.map(lambda call: make(channel, call), part), strict=True)
            ):
                take(call, *answer, answers)
                if number % BROKEN_ONE_IN == 0:
                    answers.codes[break_connection(target, random)] += 1
                    done += 1
            done += len(part)
    return answers


def make(channel: grpc.Channel, call: Call) -> tuple[grpc.StatusCode, str, list[bytes]]:
    """The status, its details, and the messages that came before it."""
    received: list[bytes] = []
    try:
        if call.method in STREAMS:
            # Watch has no end of its own.
            within_s = 0.2 if call.method.endswith("Watch") else WITHIN_S
            many: grpc.StreamStreamMultiCallable[bytes, bytes] = channel.stream_stream(call.method)
            received.extend(many(iter(call.messages), timeout=within_s, metadata=call.metadata))
        else:
            one: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(call.method)
            received.append(one(call.messages[0], timeout=WITHIN_S, metadata=call.metadata))
    except grpc.RpcError as error:
        return error.code(), error.details() or "", received
    return C.OK, "", received


def take(call: Call, code: grpc.StatusCode, details: str, received: list[bytes], answers: Answers) -> None:
    answers.codes[code.name] += 1
    unending = call.method.endswith("Watch") and code is C.DEADLINE_EXCEEDED
    if code not in ALLOWED and not unending:
        answers.problems.append(f"{code.name} {details[:100]!r} from {call.method[:80]} for {call.messages!r:.200}")
    if call.method.endswith("/CreateLocation") and code is C.OK:
        answers.accepted += 1
    if call.method.endswith(("/BatchCreateLocations", "/StreamLocations")):
        for receipt in received:
            answers.accepted += location_pb2.BatchCreateLocationsResponse.FromString(receipt).accepted_count


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    """RFC 9113, 4.1."""
    return struct.pack(">I", len(payload))[1:] + bytes((kind, flags)) + struct.pack(">I", stream) + payload


def break_connection(target: str, random: Random) -> str:
    """Say something on a connection that is nearly HTTP/2. The server may answer or hang up; it must not wait on us."""
    headers = b"\x83\x86\x44\x02/x\x5f\x10application/grpc"
    conversation = PREFACE + frame(4, 0, 0, b"") + frame(1, 4, 1, headers) + frame(0, 1, 1, b"\0\0\0\0\x01a")
    host, _, port = target.rpartition(":")
    damaged = mutate(random, conversation, random.randbytes(40))
    with socket.create_connection((host, int(port)), timeout=WITHIN_S) as connection:
        try:
            connection.sendall(damaged)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65_536):
                pass
        except OSError:
            return "connection closed"
    return "connection closed"
