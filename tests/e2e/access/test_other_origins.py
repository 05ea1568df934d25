"""A page of another origin, such as another program's on this machine, cannot read what the services answer."""

from collections.abc import Mapping

import pytest
import requests

from tests.patience import PATIENCE_S


@pytest.mark.parametrize("service", ["PERSON_URL", "CONNECTION_URL", "FRONTEND_URL"])
@pytest.mark.parametrize("origin", ["https://evil.test", "http://localhost:9999", "http://127.0.0.1:1", "null"])
def test_other_origins_are_told_nothing(addresses: Mapping[str, str], service: str, origin: str) -> None:
    for method, path in (("GET", "/"), ("GET", "/api/persons"), ("OPTIONS", "/api/persons"), ("POST", "/api/persons")):
        headers = {"Origin": origin, "Access-Control-Request-Method": "GET"}
        answer = requests.request(method, addresses[service] + path, headers=headers, timeout=PATIENCE_S)
        assert "Access-Control-Allow-Origin" not in answer.headers
