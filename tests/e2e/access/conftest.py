"""The services as they run where tokens are asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
import requests

from deployment.native.ports import free_address
from tests.e2e.access.running import Starter, starter
from tests.issuer import AUDIENCE, ISSUER, Issuer
from tests.patience import PATIENCE_S


@dataclass
class Guarded:
    """Where they are, and who issues their tokens."""

    issuer: Issuer
    settings: dict[str, str]
    person_url: str
    connection_url: str
    person_grpc: grpc.Channel
    location_grpc: grpc.Channel
    producer_url: str
    gateway_url: str
    stream_url: str
    person_target: str
    token_file: Path

    def bearer(self, token: str | None) -> dict[str, str]:
        return {} if token is None else {"Authorization": f"Bearer {token}"}

    def new_person(self) -> int:
        body = {"first_name": "Ada", "last_name": "Byron", "company_name": "Looms"}
        answer = requests.post(
            f"{self.person_url}/api/persons",
            json=body,
            headers=self.bearer(self.issuer.token("admin")),
            timeout=PATIENCE_S,
        )
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])


@pytest.fixture(scope="package")
def starting(addresses: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    """Starts services; they are ended when all tests of this folder are done."""
    with starter(addresses, tmp_path_factory.mktemp("services")) as starting:
        yield starting


@pytest.fixture(scope="package")
def guarded(starting: Starter, tmp_path_factory: pytest.TempPathFactory, poll_until: Any) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("issuer")
    issuer = Issuer()
    settings = {
        "AUTH_JWKS": str(issuer.write_jwks(folder / "jwks.json")),
        "AUTH_ISSUER": ISSUER,
        "AUTH_AUDIENCE": AUDIENCE,
    }
    token_file = folder / "person_service_token"
    token_file.write_text(issuer.token("people:read", sub="connection_service", expires_in_s=3600))
    gateways_token_file = folder / "phone_gateway_token"
    gateways_token_file.write_text(issuer.token("devices:check", sub="phone_gateway", expires_in_s=3600))
    location, metrics, person, person_grpc, connection, gateway, of_gateway = (free_address() for _ in range(7))
    stream, of_stream, token = free_address(), free_address(), {"PERSON_SERVICE_TOKEN_FILE": str(token_file)}
    services = [
        starting.location_producer(location, metrics, **settings),
        starting.person_service(person, person_grpc, **settings),
        starting.connection_service(connection, person_grpc, **token, **settings),
        starting.phone_gateway(
            gateway, of_gateway, location, person_grpc, TOKEN_FILE=str(gateways_token_file), **settings
        ),
        starting.encounter_stream(stream, of_stream, person_grpc, **token, **settings),
    ]
    for service in services:
        poll_until(service.serves)
    with grpc.insecure_channel(person_grpc) as to_persons, grpc.insecure_channel(location) as to_locations:
        yield Guarded(
            issuer,
            {**settings, "LOCATION_GRPC": location},
            f"http://{person}",
            f"http://{connection}",
            to_persons,
            to_locations,
            f"http://{metrics}",
            f"http://{gateway}",
            f"http://{stream}",
            person_grpc,
            token_file,
        )
