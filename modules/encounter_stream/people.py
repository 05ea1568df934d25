"""The names of people, asked of person_service each time something is told: so nobody is named who was erased."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, Protocol

import grpc
import structlog
from udaconnect.person.v1.person_pb2 import BatchGetPersonsRequest
from udaconnect.person.v1.person_pb2_grpc import PersonServiceStub

from service_kit.access.token_file import TokenFile
from service_kit.errors import DependencyDown
from service_kit.rpc.people import Person, people_of

if TYPE_CHECKING:
    from udaconnect.person.v1.person_pb2_grpc import PersonServiceAsyncStub

ANSWER_WITHIN_S: Final = 3.0

log = structlog.get_logger()


class People(Protocol):
    async def named(self, ids: Iterable[int]) -> Mapping[int, Person]:
        """Those of them that exist. Raises DependencyDown."""


class PersonService:
    def __init__(self, channel: grpc.aio.Channel, token_file: str) -> None:
        self._stub: PersonServiceAsyncStub = PersonServiceStub(channel)
        self._token_file = TokenFile(token_file) if token_file else None

    async def named(self, ids: Iterable[int]) -> Mapping[int, Person]:
        token = self._token_file and self._token_file.token()
        try:
            answer = await self._stub.BatchGetPersons(
                BatchGetPersonsRequest(ids=sorted(set(ids))),
                timeout=ANSWER_WITHIN_S,
                metadata=[("authorization", f"Bearer {token}")] if token else [],
            )
        except grpc.aio.AioRpcError as error:
            if error.code() in (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED):
                log.error("person_service refuses this service's token", why=error.details())  # noqa: TRY400  no more
            raise DependencyDown("the person service") from error
        return {person["id"]: person for person in people_of(answer)}
