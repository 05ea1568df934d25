"""An answer that is broken off, on a real server: its client sees it, and the log has a line and no traceback."""

from collections.abc import Callable
from http.client import IncompleteRead
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.patience import PATIENCE_S
from tests.unit.service_kit.rest.serving import served

SERVER = """
    from contextlib import contextmanager
    from flask import Response
    from service_kit.errors import NotFound
    from service_kit.rest.app import create_rest_app
    from service_kit.rest.server import serve_rest
    from service_kit.rest.unfinished import whole_or_broken_off

    def pieces():
        yield b"half of it"
        raise NotFound("person 7")

    def document():
        return Response(whole_or_broken_off(pieces()), mimetype="application/json")

    @contextmanager
    def in_worker():
        app = create_rest_app(title="Tools", description="For tests.", tag="tools", check=lambda: None)[0]
        app.add_url_rule("/document", view_func=document)
        yield app

    serve_rest("127.0.0.1:{port}", workers=1, threads=1, in_worker=in_worker)
"""


def test_an_answer_that_is_broken_off_does_not_look_whole_and_is_no_defect(
    poll_until: Callable[..., object], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with served(SERVER, log, poll_until) as port:
        with urlopen(f"http://127.0.0.1:{port}/document", timeout=PATIENCE_S) as answer:
            with pytest.raises(IncompleteRead) as broken_off:
                answer.read()
            assert broken_off.value.partial == b"half of it"
        poll_until(lambda: "person 7 does not exist" in log.read_text())
    assert "the answer is broken off" in log.read_text()
    assert "Traceback" not in log.read_text()
