"""A REST server in a process of its own, written by a test."""

import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from urllib.request import urlopen

from deployment.native.ports import free_port
from tests.patience import PATIENCE_S


@contextmanager
def served(source: str, log: Path, poll_until: Callable[..., object], **values: object) -> Iterator[int]:
    """The port of what is ready now. At the end of the block it is told to stop, and has to.

    `source`: a program with {port} in it, and the names of `values`.
    """
    port = free_port()
    command = [sys.executable, "-c", textwrap.dedent(source).format(port=port, **values)]
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as process:
        try:
            poll_until(lambda: answers(port))
            yield port
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
