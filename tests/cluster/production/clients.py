"""Browsers, phones and programs that call production by its names, as if a name server knew them."""

from typing import Any

import grpc
import requests
from requests.adapters import HTTPAdapter, Retry

from tests.certificates import Authority, Pair
from tests.tls import trusting

# A client who is told that the system is not there comes again.
AGAIN = Retry(
    total=20,
    status_forcelist=(502, 503, 504),
    allowed_methods=None,
    backoff_factor=0.5,
    backoff_max=10,
    raise_on_status=False,
)


class ByName(HTTPAdapter):
    """Goes to an address, and calls it by its name: in the handshake and in the request."""

    def __init__(self, name: str, address: str) -> None:
        self._name, self._address = name, address
        super().__init__(max_retries=AGAIN)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, server_hostname=self._name, assert_hostname=self._name, **options)

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        assert request.url
        request.headers["Host"] = self._name
        request.url = request.url.replace(f"https://{self._name}", f"https://{self._address}", 1)
        return super().send(request, *arguments, **options)


def browser(authority: Authority, address: str, *names: str) -> requests.Session:
    """For `https://NAME/…`, all of them at one address."""
    session = requests.Session()
    session.verify = str(authority.ca)
    session.trust_env = False
    for name in names:
        session.mount(f"https://{name}/", ByName(name, address))
    return session


def channel(address: str, name: str, authority: Authority | None, pair: Pair | None = None) -> grpc.Channel:
    """Without an authority: in plain text."""
    options = [("grpc.ssl_target_name_override", name), ("grpc.default_authority", name)]
    if authority is None:
        return grpc.insecure_channel(address)
    return grpc.secure_channel(address, trusting(authority, pair), options)
