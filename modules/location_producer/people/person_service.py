"""Person_service over gRPC, with the token of this service's own and TLS where they are set."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import grpc
from environs import Env
from udaconnect.person.v1.person_pb2 import (
    CheckPersonsRequest,
    CheckPersonsResponse,
    ListErasuresRequest,
    ListErasuresResponse,
)
from udaconnect.person.v1.person_pb2_grpc import PersonServiceStub

from service_kit.access.token_file import TokenFile
from service_kit.rpc.tls import channel_credentials
from service_kit.settings import readable_file

OPTIONS: Final[Sequence[tuple[str, int | str]]] = (
    ("grpc.lb_policy_name", "round_robin"),
    ("grpc.enable_http_proxy", 0),
    # As soon as it is back it is asked again.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
    ("grpc.dns_min_time_between_resolutions_ms", 500),
)


@dataclass(frozen=True)
class PersonServiceAddress:
    """Where it is, and paths: how it is to be recognised, and what it is shown. All of it optional."""

    target: str = ""
    """host:port; empty: nobody is asked who there is."""

    token_file: str = ""
    """A token with the scope people:read."""

    ca: str = ""
    cert: str = ""
    key: str = ""


def read_person_service(env: Env) -> PersonServiceAddress:
    return PersonServiceAddress(
        target=env.str("PERSON_SERVICE_TARGET", ""),
        token_file=env.str("PERSON_SERVICE_TOKEN_FILE", ""),
        ca=env.str("PERSON_SERVICE_TLS_CA", "", validate=readable_file),
        cert=env.str("PERSON_SERVICE_TLS_CERT", "", validate=readable_file),
        key=env.str("PERSON_SERVICE_TLS_KEY", "", validate=readable_file),
    )


class PersonService:
    """Make it within the event loop; it connects when first used. Raises OSError where a file cannot be read."""

    def __init__(self, address: PersonServiceAddress) -> None:
        if address.ca:
            credentials = channel_credentials(address.ca, address.cert, address.key)
            self.channel = grpc.aio.secure_channel(address.target, credentials, options=OPTIONS)
        else:
            self.channel = grpc.aio.insecure_channel(address.target, options=OPTIONS)
        self._stub = PersonServiceStub(self.channel)
        self._token_file = TokenFile(address.token_file) if address.token_file else None

    async def check(self, request: CheckPersonsRequest, timeout_s: float) -> CheckPersonsResponse:
        return await self._stub.CheckPersons(request, timeout=timeout_s, metadata=self._metadata())

    async def erasures(self, request: ListErasuresRequest, timeout_s: float) -> ListErasuresResponse:
        return await self._stub.ListErasures(request, timeout=timeout_s, metadata=self._metadata())

    def _metadata(self) -> tuple[tuple[str, str], ...] | None:
        return None if self._token_file is None else (("authorization", f"Bearer {self._token_file.token()}"),)
