"""Stopping: whoever is told to stop does so, also a worker that has only just begun. And who is busy is alive."""

import subprocess
import sys
import textwrap
from collections.abc import Callable
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.request import urlopen

from deployment.native.ports import free_port
from tests.patience import PATIENCE_S

SERVER = """
    import signal, time
    from contextlib import contextmanager
    from service_kit.rest.app import create_rest_app
    from service_kit.rest.server import serve_rest
    from service_kit.rest.worker import ProblemWorker

    init_signals = ProblemWorker.init_signals

    def late(worker):
        while worker.age == 2 and signal.SIGTERM not in signal.sigpending():
            time.sleep(0.01)
        init_signals(worker)

    ProblemWorker.init_signals = late

    @contextmanager
    def in_worker():
        yield create_rest_app(title="Tools", description="For tests.", tag="tools", check=lambda: None)[0]
        print("left", flush=True)

    serve_rest("127.0.0.1:{port}", workers=2, threads=1, in_worker=in_worker)
"""


def test_a_worker_told_to_stop_before_it_can_hear_stops_all_the_same(
    poll_until: Callable[..., object], tmp_path: Path
) -> None:
    port = free_port()
    log = tmp_path / "log"
    command = [sys.executable, "-c", textwrap.dedent(SERVER).format(port=port)]
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as process:
        poll_until(lambda: answers(port))
        process.terminate()
        try:
            assert process.wait(PATIENCE_S) == 0
        finally:
            process.kill()
    assert log.read_text().splitlines().count("left") == 2


BUSY_SERVER = """
    import time
    from contextlib import contextmanager
    from pathlib import Path
    from service_kit.rest.app import create_rest_app
    from service_kit.rest.server import serve_rest

    def stay():
        while not Path("{over}").exists():
            time.sleep(0.01)
        return "over"

    @contextmanager
    def in_worker():
        app = create_rest_app(title="Tools", description="For tests.", tag="tools", check=lambda: None)[0]
        app.add_url_rule("/stay", view_func=stay)
        yield app

    serve_rest("127.0.0.1:{port}", workers=1, threads=1, in_worker=in_worker)
"""


def test_a_worker_all_of_whose_threads_are_busy_is_alive(poll_until: Callable[..., object], tmp_path: Path) -> None:
    port, over = free_port(), tmp_path / "over"
    command = [sys.executable, "-c", textwrap.dedent(BUSY_SERVER).format(port=port, over=over)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            poll_until(lambda: answers(port))
            with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)) as waiting:
                waiting.request("GET", "/stay")
                for _ in range(3):
                    with urlopen(f"http://127.0.0.1:{port}/livez", timeout=PATIENCE_S) as answer:
                        assert answer.read() == b"live\n"
                over.touch()
                assert waiting.getresponse().read() == b"over"
            process.terminate()
            assert process.wait(PATIENCE_S) == 0
        finally:
            process.kill()


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=PATIENCE_S) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except OSError:
        return False
