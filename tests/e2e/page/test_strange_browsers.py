"""What serves the page outlives whoever asks strangely."""

import socket
import struct
from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest
import requests

from tests.patience import PATIENCE_S

RESET_AT_CLOSE = struct.pack("ii", 1, 0)


@pytest.mark.parametrize("protocol", ["websocket", "h2c"])
@pytest.mark.parametrize("path", ["/", "/api/persons", "/api/persons/1/encounters/live"])
def test_who_asks_to_upgrade_a_connection_and_breaks_it_keeps_nobody_from_the_page(
    addresses: Mapping[str, str], path: str, protocol: str
) -> None:
    page = addresses["FRONTEND_URL"]
    host, port = urlsplit(page).hostname, urlsplit(page).port
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n\r\n"
    with socket.create_connection((host, port), timeout=PATIENCE_S) as connection:
        connection.sendall(request.encode())
        assert connection.recv(9) == b"HTTP/1.1 ", "it is answered"
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
    assert requests.get(page, timeout=PATIENCE_S).status_code == 200
