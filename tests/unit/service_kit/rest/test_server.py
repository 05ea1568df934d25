"""Whoever is told to stop does so, also a worker that has only just begun. And who is busy is alive and ready."""

from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.request import urlopen

from tests.patience import PATIENCE_S
from tests.unit.service_kit.rest.serving import served

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
    log = tmp_path / "log"
    with served(SERVER, log, poll_until):
        pass
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


def test_a_worker_all_of_whose_threads_are_busy_is_alive_and_ready(
    poll_until: Callable[..., object], tmp_path: Path
) -> None:
    over = tmp_path / "over"
    with (
        served(BUSY_SERVER, tmp_path / "log", poll_until, over=over) as port,
        closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)) as waiting,
    ):
        waiting.request("GET", "/stay")
        for probe, said in 3 * [("livez", b"live\n"), ("readyz", b"ready\n")]:
            with urlopen(f"http://127.0.0.1:{port}/{probe}", timeout=PATIENCE_S) as answer:
                assert answer.read() == said
        over.touch()
        assert waiting.getresponse().read() == b"over"
