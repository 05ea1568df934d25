"""Keys from an https URL: a server on loopback with a certificate of the test's own authority."""

import ssl
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from service_kit.access import watched
from service_kit.access.watched import read_source
from tests.certificates import Authority


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(302 if self.path == "/moved" else 200)
        if self.path == "/moved":
            self.send_header("Location", "/jwks")
        self.end_headers()
        self.wfile.write(b"x" * 1000 if self.path == "/large" else b'{"keys": []}')

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def issuer_url(authority: Authority) -> Iterator[str]:
    pair = authority.issue("issuer")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.cert, pair.key)
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch, authority: Authority) -> Path:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return authority.ca


def test_keys_are_read_from_a_server_whose_certificate_is_trusted(issuer_url: str, trusted: Path) -> None:
    assert trusted.exists()
    assert read_source(f"{issuer_url}/jwks") == b'{"keys": []}'


def test_and_from_no_other(issuer_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(Authority(tmp_path, "Somebody else").ca))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        read_source(f"{issuer_url}/jwks")


@pytest.mark.usefixtures("trusted")
def test_a_redirect_is_not_followed(issuer_url: str) -> None:
    with pytest.raises(OSError, match="302"):
        read_source(f"{issuer_url}/moved")


@pytest.mark.usefixtures("trusted")
def test_an_answer_without_end_is_cut_off(issuer_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "MAX_BYTES", 500)
    with pytest.raises(OSError, match="larger than 500 bytes"):
        read_source(f"{issuer_url}/large")
