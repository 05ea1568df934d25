"""GET /metrics as Prometheus asks for it."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.parser import text_string_to_metric_families

from deployment.native.ports import free_port
from service_kit.rest.api import Resource, operation
from service_kit.rest.app import create_rest_app
from service_kit.telemetry.health import health_server
from tests.patience import PATIENCE_S


class Tool(Resource):
    @operation()
    def get(self, tool_id: int) -> None:
        """Get a tool; the one with the number 0 is broken."""
        _ = 1 / tool_id


@pytest.fixture
def client() -> FlaskClient:
    app, api = create_rest_app(title="Tools", description="For tests.", tag="tools", check=lambda: None)
    api.add(Tool, "/api/tools/<int:tool_id>")
    return app.test_client()


def samples(text: str) -> dict[tuple[str, ...], float]:
    """(name, values of the labels in the order of their names) → value."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_requests_are_counted_by_route_and_not_by_the_path_that_was_asked_for(client: FlaskClient) -> None:
    for tool_id in (1, 2, 0):
        client.get(f"/api/tools/{tool_id}")
    found = samples(client.get("/metrics").text)
    route = "/api/tools/<int:tool_id>"
    assert found["http_requests_total", "GET", route, "200"] == 2
    assert found["http_requests_total", "GET", route, "500"] == 1
    assert found["http_request_duration_seconds_count", "GET", route] == 3


def test_what_callers_invent_makes_no_new_series(client: FlaskClient) -> None:
    for path in ("/secret", "/api/tools/1/2", "/metrics/x"):
        client.get(path)
    for method in ("FETCH", "STEAL"):
        client.open("/api/tools/1", method=method)
    text = client.get("/metrics").text
    assert samples(text)["http_requests_total", "GET", "other", "404"] == 3
    assert samples(text)["http_requests_total", "other", "other", "405"] == 2
    assert "secret" not in text


def test_a_service_without_rest_shows_its_registry_beside_its_checks() -> None:
    registry = CollectorRegistry()
    Counter("apples_total", "Apples", registry=registry).inc(3)
    with health_server("127.0.0.1:0", live=lambda: True, ready=lambda: False, metrics=registry) as port:
        assert get(port, "/metrics").splitlines()[-1].startswith("apples_created")
        assert samples(get(port, "/metrics"))["apples_total",] == 3
        assert get(port, "/livez") == ""
        with pytest.raises(HTTPError, match="503"):
            get(port, "/readyz")


def get(port: int, path: str) -> str:
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE_S) as answer:
        return str(answer.read().decode())


SERVER = """
    import os
    from contextlib import contextmanager
    from service_kit.rest.app import create_rest_app
    from service_kit.rest.server import serve_rest

    @contextmanager
    def in_worker():
        app, _ = create_rest_app(title="Tools", description="For tests.", tag="tools", check=lambda: None)
        app.add_url_rule("/pid", view_func=lambda: str(os.getpid()))
        yield app

    serve_rest("127.0.0.1:{port}", workers=2, threads=1, in_worker=in_worker)
"""


@pytest.fixture
def two_workers(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SERVER).format(port=port)],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield process, port
    process.terminate()
    process.wait(PATIENCE_S)


def test_the_counts_of_all_workers_are_added_up_also_of_one_that_has_ended(
    two_workers: tuple[subprocess.Popen[bytes], int], poll_until: Callable[..., Any], tmp_path: Path
) -> None:
    process, port = two_workers
    pids = {poll_until(lambda: answered(port, "/pid"))}
    asked = 1
    while len(pids) < 2:
        assert asked < 5000, "one of the workers is never given anything"
        pids.add(get(port, "/pid"))
        asked += 1
    assert samples(get(port, "/metrics"))["http_requests_total", "GET", "/pid", "200"] == asked
    os.kill(int(pids.pop()), signal.SIGKILL)
    poll_until(lambda: answered(port, "/pid") not in {None, *pids})
    assert samples(get(port, "/metrics"))["http_requests_total", "GET", "/pid", "200"] > asked
    process.terminate()
    assert process.wait(PATIENCE_S) == 0
    assert list(tmp_path.glob("udaconnect-metrics-*")) == []


def test_a_worker_that_ends_and_is_started_again_is_seen(
    two_workers: tuple[subprocess.Popen[bytes], int], poll_until: Callable[..., Any]
) -> None:
    _, port = two_workers

    def began() -> float:
        return samples(get(port, "/metrics"))["process_start_time_seconds",]

    pid = poll_until(lambda: answered(port, "/pid"))
    first = began()
    os.kill(int(pid), signal.SIGKILL)
    poll_until(lambda: answered(port, "/metrics") and began() > first)


def answered(port: int, path: str) -> str | None:
    try:
        return get(port, path)
    except OSError:
        return None
