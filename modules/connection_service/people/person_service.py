"""The names of people, asked of person_service over gRPC."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import grpc
import structlog
from udaconnect.person.v1.person_pb2 import BatchGetPersonsRequest, BatchGetPersonsResponse
from udaconnect.person.v1.person_pb2_grpc import PersonServiceStub

from service_kit.access.token_file import TokenFile
from service_kit.errors import DependencyDown, NotFound
from service_kit.rpc.people import Person, people_of
from service_kit.rpc.tls import channel_credentials
from service_kit.rpc.tracing import TraceOwnCalls
from service_kit.telemetry import tracing

IDS_PER_CALL: Final = 10_000  # the contract's limit

OPTIONS: Final[Sequence[tuple[str, int | str]]] = (
    ("grpc.lb_policy_name", "round_robin"),  # over all addresses that the name has
    ("grpc.enable_http_proxy", 0),
    # 10,000 persons of three names of 100 characters of 4 bytes are 12 MB.
    ("grpc.max_receive_message_length", 16 * 1024 * 1024),
    # A person_service that comes back is found within a second instead of two minutes.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
    # And a new address of it, too: the default is to ask for the name twice a minute at most.
    ("grpc.dns_min_time_between_resolutions_ms", 500),
)
DOWN: Final = {
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.CANCELLED,
}
REFUSED: Final = {grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED}
MAX_ID: Final = 2**63 - 1


log = structlog.get_logger()


# Waits for the answer. Raises DependencyDown.
Asked = Callable[[], Mapping[int, Person]]


class Directory(Protocol):
    """Whoever knows the people: person_service, or a test's own."""

    def ask(self, ids: Sequence[int]) -> Asked:
        """Ask for those of the persons that exist."""


@dataclass(frozen=True)
class PersonServiceAccess:
    """How person_service is recognised and what it is shown: paths, all of them optional. How long it is waited for."""

    token_file: str = ""
    """A token with the scope people:read. Not the caller's own: that one is for meetings, of one person perhaps."""

    ca: str = ""
    """Given: TLS, with a certificate of this CA at the other end."""

    cert: str = ""
    key: str = ""
    timeout_s: float = 3.0

    def channel(self, target: str) -> grpc.Channel:
        """Raises OSError where a file cannot be read."""
        if not self.ca:
            return grpc.insecure_channel(target, options=OPTIONS)
        return grpc.secure_channel(target, channel_credentials(self.ca, self.cert, self.key), options=OPTIONS)


class PersonService:
    """One channel for the process; make it after the fork. It connects when first used."""

    def __init__(self, target: str, access: PersonServiceAccess = PersonServiceAccess()) -> None:
        self.channel = access.channel(target)
        self.timeout_s = access.timeout_s
        tracer = tracing.tracer()
        traced = grpc.intercept_channel(self.channel, TraceOwnCalls(tracer)) if tracer else self.channel
        self.stub = PersonServiceStub(traced)
        self.token_file = TokenFile(access.token_file) if access.token_file else None

    def ask(self, ids: Sequence[int]) -> Asked:
        parts = (ids[start : start + IDS_PER_CALL] for start in range(0, len(ids), IDS_PER_CALL))
        metadata = self._metadata()
        # Sent at once. A thread that waits for it in our place would not even begin while this one computes.
        calls = [
            self.stub.BatchGetPersons.future(
                BatchGetPersonsRequest(ids=part), timeout=self.timeout_s, metadata=metadata
            )
            for part in parts
        ]
        return lambda: {person["id"]: person for call in calls for person in _people_of(call.result)}

    def _metadata(self) -> tuple[tuple[str, str | bytes], ...] | None:
        return None if self.token_file is None else (("authorization", f"Bearer {self.token_file.token()}"),)

    def close(self) -> None:
        self.channel.close()


def _people_of(answered: Callable[[], BatchGetPersonsResponse]) -> Iterator[Person]:
    """Wait for the answer."""
    try:
        answer = answered()
    except grpc.RpcError as error:
        if error.code() in REFUSED:
            why = f"{error.code().name}: {error.details()}"
            log.error("person_service refuses this service's token", why=why)  # noqa: TRY400  the stack tells no more
            raise DependencyDown("the person service") from error
        if error.code() in DOWN:
            raise DependencyDown("the person service") from error
        raise
    yield from people_of(answer)


def check_id(person_id: int) -> None:
    """Raise NotFound where no person can have this id."""
    if person_id > MAX_ID:
        raise NotFound(f"person {person_id}")


def person_of_id(directory: Directory, person_id: int) -> Person:
    """Find the person at person_service itself. Raises NotFound, DependencyDown."""
    person = directory.ask([person_id])().get(person_id)
    if person is None:
        raise NotFound(f"person {person_id}")
    return person
